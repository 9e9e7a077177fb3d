import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Target } from "./target.ts";

/** The Go program of the same name, its rate limits lifted, as it would stop the benchmark after 100 requests. */
export function goOlla(program: string): Target {
  return {
    name: "go-olla",
    chatPath: "/olla/proxy/v1/chat/completions",
    // Lists the models once discovery found them, which its health path does not wait for.
    readyPath: "/olla/proxy/v1/models",
    launch: ({ children, directory, backendPort }, port) => {
      const config = join(directory, "go-olla.yaml");
      writeFileSync(config, goOllaConfig(port, backendPort));
      return children.start({
        name: "go-olla",
        command: [program, "-c", config],
        cwd: directory,
        logFile: join(directory, "go-olla.log"),
        env: { OLLA_FILE_OUTPUT: "false", OLLA_PRETTY_LOGS: "false" },
      });
    },
  };
}

function goOllaConfig(port: number, backendPort: number): string {
  return `server:
  host: 127.0.0.1
  port: ${port}
  rate_limits:
    global_requests_per_minute: 0
    per_ip_requests_per_minute: 0
    burst_size: 1000000
discovery:
  type: static
  static:
    endpoints:
      - url: http://127.0.0.1:${backendPort}
        name: mock
        type: openai-compatible
        health_check_url: /v1/models
        model_url: /v1/models
        check_interval: 5s
        check_timeout: 2s
`;
}
