"""Uses olla with OpenAI's SDK, and prints what came of it as JSON. Arguments: olla's URL, a model."""

import json
import sys

import openai

url, model = sys.argv[1:3]
client = openai.OpenAI(base_url=f"{url}/v1", api_key="sk-client", max_retries=0, timeout=20)
parameters = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
chat_tool = {"type": "function", "function": {"name": "weather", "parameters": parameters}}
tool = {"type": "function", "name": "weather", "parameters": parameters, "strict": False}
hello = [{"role": "user", "content": "Hi"}]
out = {}

chat = client.chat.completions.create(model=model, messages=hello)
out["chat"] = chat.choices[0].message.content
chunks = client.chat.completions.create(model=model, messages=hello, stream=True)
out["chat_streamed"] = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
called = client.chat.completions.create(model=model, messages=hello, tools=[chat_tool])
out["chat_tool"] = json.loads(called.choices[0].message.tool_calls[0].function.arguments)

response = client.responses.create(model=model, input="Hi")
out["created"] = {
    "text": response.output_text,
    "status": response.status,
    "usage": [
        response.usage.input_tokens,
        response.usage.input_tokens_details.cached_tokens,
        response.usage.output_tokens,
    ],
}

with client.responses.stream(model=model, input="Hi") as stream:
    types = [event.type for event in stream]
    final = stream.get_final_response()
out["streamed"] = {"text": final.output_text, "first": types[0], "last": types[-1]}

for how in ("whole", "stream"):
    if how == "whole":
        first = client.responses.create(model=model, input=hello, tools=[tool])
    else:
        with client.responses.stream(model=model, input=hello, tools=[tool]) as stream:
            stream.until_done()
            first = stream.get_final_response()
    call = next(item for item in first.output if item.type == "function_call")
    result = {"type": "function_call_output", "call_id": call.call_id, "output": "7 degrees"}
    given = {"type": "function_call", "call_id": call.call_id, "name": call.name, "arguments": call.arguments}
    second = client.responses.create(model=model, input=[*hello, given, result], tools=[tool])
    out[f"tool_{how}"] = {"name": call.name, "input": json.loads(call.arguments), "answer": second.output_text}

out["models"] = [entry.id for entry in client.models.list()]
try:
    client.responses.create(model="nobody", input="Hi")
except openai.NotFoundError as error:
    out["error"] = {"status": error.status_code, "code": error.code}
try:
    client.responses.create(model=model, input="Hi", previous_response_id="resp_1")
except openai.BadRequestError as error:
    out["previous"] = {"status": error.status_code, "param": error.param}

print(json.dumps(out))
