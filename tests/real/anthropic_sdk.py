"""Uses olla with Anthropic's SDK, and prints what came of it as JSON. Arguments: olla's URL, a model."""

import json
import sys

import anthropic

url, model = sys.argv[1:3]
client = anthropic.Anthropic(base_url=url, api_key="sk-ant-client", max_retries=0, timeout=20)
hello = {"model": model, "max_tokens": 100, "messages": [{"role": "user", "content": "Hi"}]}
tool = {
    "name": "weather",
    "description": "The weather of a city",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
out = {}

message = client.messages.create(**hello)
out["created"] = {
    "text": message.content[0].text,
    "stop_reason": message.stop_reason,
    "usage": [message.usage.input_tokens, message.usage.cache_read_input_tokens, message.usage.output_tokens],
    "request_id": message._request_id,
}

with client.messages.stream(**hello) as stream:
    pieces = list(stream.text_stream)
    out["streamed"] = {"text": "".join(pieces), "pieces": len(pieces), "stop_reason": stream.get_final_message().stop_reason}

for how in ("whole", "stream"):
    asked = {**hello, "tools": [tool]}
    if how == "whole":
        first = client.messages.create(**asked)
    else:
        with client.messages.stream(**asked) as stream:
            first = stream.get_final_message()
    call = next(block for block in first.content if block.type == "tool_use")
    result = {"type": "tool_result", "tool_use_id": call.id, "content": "7 degrees"}
    asked["messages"] = [
        *hello["messages"],
        {"role": "assistant", "content": [block.model_dump(exclude_none=True) for block in first.content]},
        {"role": "user", "content": [result]},
    ]
    second = client.messages.create(**asked)
    out[f"tool_{how}"] = {
        "stop_reason": first.stop_reason,
        "name": call.name,
        "input": call.input,
        "answer": second.content[0].text,
    }

out["models"] = [entry.id for entry in client.models.list(limit=1)]
out["counted"] = client.messages.count_tokens(model=model, messages=hello["messages"]).input_tokens
try:
    client.messages.create(**{**hello, "model": "nobody"})
except anthropic.NotFoundError as error:
    out["error"] = {"status": error.status_code, "type": error.body["error"]["type"], "request_id": error.request_id}

print(json.dumps(out))
