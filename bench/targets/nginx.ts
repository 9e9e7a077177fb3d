import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Target } from "./target.ts";

/**
 * nginx with one worker and kept upstream connections. No access log, streams unbuffered, request bodies in memory: the
 * fastest that it is for this work.
 */
export function nginx(program: string): Target {
  return {
    name: "nginx",
    chatPath: "/v1/chat/completions",
    readyPath: "/v1/models",
    launch: ({ children, directory, backendPort }, port) => {
      const prefix = join(directory, "nginx");
      mkdirSync(prefix, { recursive: true });
      const config = join(prefix, "nginx.conf");
      writeFileSync(config, nginxConfig(prefix, port, backendPort));
      return children.start({
        name: "nginx",
        command: [program, "-p", prefix, "-c", config, "-e", "stderr"],
        cwd: prefix,
        logFile: join(prefix, "nginx.log"),
      });
    },
  };
}

/** The configuration; every path in it is under `prefix`, so that no other nginx on the machine is touched. */
export function nginxConfig(prefix: string, port: number, backendPort: number): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `  ${name}_temp_path ${prefix}/${name};`).join("\n");
  return `daemon off;
pid ${prefix}/nginx.pid;
worker_processes 1;
worker_rlimit_nofile 20000;
error_log stderr error;
events { worker_connections 8192; }
http {
  access_log off;
${temporary}
  keepalive_requests 1000000000;
  client_max_body_size 100m;
  client_body_buffer_size 4m;
  upstream mock {
    server 127.0.0.1:${backendPort};
    keepalive 256;
    keepalive_requests 1000000000;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://mock;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
      proxy_read_timeout 600s;
    }
  }
}
`;
}
