"""A client of Viam's services that shares no code with Ferry: stubs by protoc, grpcio, nothing else.

viam_client.py STUBS ADDRESS CA_FILE KEY_ID KEY: logs in, uploads by each method, prints the answers.
"""

import json
import sys

import grpc

stubs, address, ca_file, key_id, key = sys.argv[1:6]
sys.path.insert(0, stubs)

import viam_auth_pb2 as auth  # noqa: E402
import viam_auth_pb2_grpc as auth_grpc  # noqa: E402
import viam_data_pb2 as data  # noqa: E402
import viam_data_pb2_grpc as data_grpc  # noqa: E402
import viam_datasync_pb2 as sync  # noqa: E402
import viam_datasync_pb2_grpc as sync_grpc  # noqa: E402

TEN = 1787306400

with open(ca_file, "rb") as file:
    credentials = grpc.ssl_channel_credentials(file.read())
channel = grpc.secure_channel(
    address, credentials, [("grpc.max_send_message_length", -1)]
)
answers = {}


def login(secret):
    request = auth.AuthenticateRequest(entity=key_id)
    request.credentials.type = "api-key"
    request.credentials.payload = secret
    return auth_grpc.AuthServiceStub(channel).Authenticate(request).access_token


try:
    login("wrong")
    answers["wrong"] = "OK"
except grpc.RpcError as error:
    answers["wrong"] = error.code().name

metadata = [("authorization", "Bearer " + login(key))]
stub = sync_grpc.DataSyncServiceStub(channel)


def upload_metadata(kind, **more):
    return sync.UploadMetadata(
        part_id="part-1", component_name="s1", method_name="Readings", type=kind, **more
    )


def tabular():
    request = sync.DataCaptureUploadRequest(
        metadata=upload_metadata(sync.DATA_TYPE_TABULAR_SENSOR, tags=["py"])
    )
    for index in range(3):
        reading = request.sensor_contents.add()
        reading.metadata.time_requested.seconds = TEN + index
        reading.metadata.time_received.seconds = TEN + index
        reading.struct.update({"value": index, "b": [1, None, {"x": True}], "a": "z"})
    return stub.DataCaptureUpload(request, metadata=metadata).file_id


def binary():
    request = sync.DataCaptureUploadRequest(
        metadata=upload_metadata(sync.DATA_TYPE_BINARY_SENSOR, file_extension=".jpg")
    )
    reading = request.sensor_contents.add()
    reading.metadata.time_requested.seconds = TEN
    reading.binary = b"picture"
    return stub.DataCaptureUpload(request, metadata=metadata).binary_data_id


def streaming():
    head = sync.StreamingDataCaptureUploadRequest()
    head.metadata.upload_metadata.CopyFrom(
        upload_metadata(sync.DATA_TYPE_BINARY_SENSOR, mime_type="video/mp4")
    )
    head.metadata.sensor_metadata.time_requested.seconds = TEN
    pieces = [sync.StreamingDataCaptureUploadRequest(data=b"x" * 65536) for _ in range(40)]
    answer = stub.StreamingDataCaptureUpload(iter([head, *pieces]), metadata=metadata)
    return answer.binary_data_id


def whole_file(name, size):
    head = sync.FileUploadRequest(
        metadata=upload_metadata(sync.DATA_TYPE_FILE, file_name=name, file_extension=".bin")
    )
    content = sync.FileUploadRequest(file_contents=sync.FileData(data=b"y" * size))
    return stub.FileUpload(iter([head, content]), metadata=metadata).file_id


def sequence():
    request = data.CreateSequenceRequest(part_id="part-1", sequence_tags=["lap"])
    request.start_time.seconds = TEN
    request.end_time.seconds = TEN + 60
    request.resources.add(resource_name="s1", method_name="Readings")
    return data_grpc.DataServiceStub(channel).CreateSequence(request, metadata=metadata).id


for round in ("first", "second"):
    answers[round] = [
        tabular(),
        binary(),
        streaming(),
        whole_file("report", 20_000_000),
        whole_file("/data/log.bin", 10),
        sequence(),
    ]

try:
    whole_file("/a/../b", 1)
    answers["outside"] = "OK"
except grpc.RpcError as error:
    answers["outside"] = error.code().name

print(json.dumps(answers))
