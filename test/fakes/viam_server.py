#!/usr/bin/python3
"""A server of Viam's services in another language: writes down what it stored, and answers.

viam_server.py PROTO_FOLDER OUT_FOLDER DELAY_MS KEY: prints its port; OUT_FOLDER/calls.jsonl has one
line for each call that was stored, written before its answer, and OUT_FOLDER/<number> the content.
"""
import base64
import hashlib
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from concurrent import futures
from pathlib import Path

import grpc
from google.protobuf.json_format import MessageToDict

protos, out, delay_ms, key = sys.argv[1:5]
stubs = tempfile.mkdtemp()
names = ["viam-auth.proto", "viam-data.proto", "viam-datasync.proto"]
arguments = [f"-I{protos}", "-I/usr/include", f"--python_out={stubs}", f"--grpc_python_out={stubs}"]
plugin = "--plugin=protoc-gen-grpc_python=/usr/bin/grpc_python_plugin"
subprocess.run(["protoc", plugin, *arguments, *names], check=True)
sys.path.insert(0, stubs)
import viam_auth_pb2 as auth_messages
import viam_auth_pb2_grpc as auth_services
import viam_data_pb2 as data_messages
import viam_data_pb2_grpc as data_services
import viam_datasync_pb2 as messages
import viam_datasync_pb2_grpc as services

TOKEN_SECONDS = 2
lock = threading.Lock()
lines = open(Path(out) / "calls.jsonl", "a", buffering=1)
count = 0
valid = {}


def store(rpc, content, **more):
    """Durable enough for a test: the line is with the system before the answer goes out."""
    global count
    with lock:
        number = count
        count += 1
        (Path(out) / str(number)).write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        lines.write(json.dumps({"rpc": rpc, "number": number, "sha256": digest, **more}) + "\n")
    time.sleep(random.random() * float(delay_ms) / 1000)
    return f"stored-{number}"


def check(context):
    """Ends the call without a token of the last seconds."""
    metadata = dict(context.invocation_metadata())
    token = metadata.get("authorization", "").removeprefix("Bearer ")
    with lock:
        fine = valid.get(token, 0) > time.monotonic()
    if not fine:
        context.abort(grpc.StatusCode.UNAUTHENTICATED, "no such token")
    return metadata


def as_dict(message):
    return MessageToDict(message, preserving_proto_field_name=True)


def refuse_unless(context, metadata, content):
    size = metadata.get("ferry-content-bytes")
    digest = metadata.get("ferry-content-sha256", hashlib.sha256(content).hexdigest())
    if size != str(len(content)) or digest != hashlib.sha256(content).hexdigest():
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, "the content does not fit its headers")


class Sync(services.DataSyncServiceServicer):
    def DataCaptureUpload(self, request, context):
        check(context)
        readings = [as_dict(one) for one in request.sensor_contents]
        content = request.sensor_contents[0].binary or request.SerializeToString(deterministic=True)
        found = store("DataCaptureUpload", content, metadata=as_dict(request.metadata), readings=readings)
        return messages.DataCaptureUploadResponse(binary_data_id=found)

    def FileUpload(self, stream, context):
        headers = check(context)
        first = next(stream).metadata
        content = b"".join(one.file_contents.data for one in stream)
        refuse_unless(context, headers, content)
        found = store("FileUpload", content, metadata=as_dict(first))
        return messages.FileUploadResponse(binary_data_id=found)

    def StreamingDataCaptureUpload(self, stream, context):
        headers = check(context)
        first = next(stream).metadata
        content = b"".join(one.data for one in stream)
        refuse_unless(context, headers, content)
        more = {"metadata": as_dict(first.upload_metadata), "sensor": as_dict(first.sensor_metadata)}
        found = store("StreamingDataCaptureUpload", content, **more)
        return messages.StreamingDataCaptureUploadResponse(binary_data_id=found)


class Data(data_services.DataServiceServicer):
    def CreateSequence(self, request, context):
        check(context)
        found = store("CreateSequence", request.SerializeToString(), sequence=as_dict(request))
        return data_messages.CreateSequenceResponse(id=found)


class Auth(auth_services.AuthServiceServicer):
    def Authenticate(self, request, context):
        if "authorization" in dict(context.invocation_metadata()):
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "already authenticated")
        told = f"{request.credentials.type} {request.entity}.{request.credentials.payload}"
        if told != f"api-key {key}":
            context.abort(grpc.StatusCode.UNAUTHENTICATED, "no such key")
        now = int(time.time())
        claims = json.dumps({"iat": now, "exp": now + TOKEN_SECONDS, "n": random.random()})
        middle = base64.urlsafe_b64encode(claims.encode()).decode().rstrip("=")
        token = f"e30.{middle}.x"
        with lock:
            valid[token] = time.monotonic() + TOKEN_SECONDS
        return auth_messages.AuthenticateResponse(access_token=token)


server = grpc.server(
    futures.ThreadPoolExecutor(max_workers=32),
    options=[("grpc.max_receive_message_length", 32 << 20)],
)
services.add_DataSyncServiceServicer_to_server(Sync(), server)
data_services.add_DataServiceServicer_to_server(Data(), server)
auth_services.add_AuthServiceServicer_to_server(Auth(), server)
port = server.add_insecure_port("127.0.0.1:0")
server.start()
print(port, flush=True)
server.wait_for_termination()
