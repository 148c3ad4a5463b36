"""Runs llama.cpp's own server, which speaks the OpenAI API, until standard input ends.

    python scripts/openai/openaiServer.py MODEL.gguf API_KEY

Prints one line with its address once the model is loaded.
"""

import sys

import xllamacpp

model, key = sys.argv[1:]
params = xllamacpp.CommonParams()
params.model.path = model
params.model_alias = {"glm-nano"}
params.n_ctx = 1024
params.n_parallel = 1
params.cpuparams.n_threads = 1
params.warmup = False
params.port = 0  # any that is free
params.api_keys = [key]
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
sys.stdin.read()
