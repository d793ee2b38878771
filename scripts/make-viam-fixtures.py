#!/usr/bin/python3
"""Writes Viam's messages as Python's protobuf lays them out: make-viam-fixtures.py [FILE]

The file is test/fixtures/viam/messages.json where none is named. An implementation that shares nothing with ours. Needs protoc and python3-protobuf; run it from the
project's folder after a change of proto/viam-*.proto.
"""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

PROTOS = ["viam-auth.proto", "viam-data.proto", "viam-datasync.proto"]
PART = "my-part-id"
PIECE = 65536


def load():
    """The generated modules, made anew."""
    folder = tempfile.mkdtemp()
    paths = ["-Iproto", "-I/usr/include", f"--python_out={folder}"]
    subprocess.run(["protoc", *paths, *PROTOS], check=True)
    sys.path.insert(0, folder)
    import viam_auth_pb2
    import viam_data_pb2
    import viam_datasync_pb2

    return viam_auth_pb2, viam_data_pb2, viam_datasync_pb2


auth, data, sync = load()


def hexed(message):
    return message.SerializeToString(deterministic=True).hex()


def camel(name):
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def value_of(field, value):
    if field.type == field.TYPE_MESSAGE:
        return fields(value)
    return value.hex() if field.type == field.TYPE_BYTES else value


def fields(message):
    """What the message holds, by the names that JavaScript gives them; bytes in hexadecimal."""
    found = {}
    for field, value in message.ListFields():
        name = "type_url" if field.name == "type_url" else camel(field.name)
        if field.message_type and field.message_type.GetOptions().map_entry:
            inner = field.message_type.fields_by_name["value"]
            found[name] = {key: value_of(inner, one) for key, one in sorted(value.items())}
        elif field.label == field.LABEL_REPEATED:
            found[name] = [value_of(field, one) for one in value]
        else:
            found[name] = value_of(field, value)
    return found


def told(message):
    kind = message.DESCRIPTOR.full_name
    return {"type": kind, "hex": hexed(message), "fields": fields(message)}


def varint(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out + bytes([value]))


def framed(message):
    raw = message.SerializeToString(deterministic=True)
    return varint(len(raw)) + raw


def any_of(text):
    from google.protobuf.any_pb2 import Any
    from google.protobuf.struct_pb2 import Value

    wrapped = Any()
    wrapped.Pack(Value(string_value=text))
    return wrapped


def head(**more):
    metadata = sync.DataCaptureMetadata(component_name="cam", **more)
    metadata.method_parameters["a"].CopyFrom(any_of("one"))
    metadata.method_parameters["b"].CopyFrom(any_of("two"))
    return metadata


def upload(metadata, extension):
    """The UploadMetadata that a capture file's metadata becomes."""
    made = sync.UploadMetadata(
        part_id=PART,
        component_type=metadata.component_type,
        component_name=metadata.component_name,
        method_name=metadata.method_name,
        type=metadata.type,
        file_extension=extension,
        tags=metadata.tags,
        mime_type=metadata.mime_type,
    )
    for key, value in metadata.method_parameters.items():
        made.method_parameters[key].CopyFrom(value)
    return made


def timed(seconds):
    sensor = sync.SensorMetadata()
    sensor.time_requested.seconds = seconds
    sensor.time_requested.nanos = 7
    sensor.time_received.seconds = seconds + 1
    return sensor


def capture(name, metadata, records, requests):
    return {"name": name, "file": (framed(metadata) + b"".join(map(framed, records))).hex(), **requests}


def unary(requests):
    return {"rpc": "DataCaptureUpload", "messages": [told(one) for one in requests]}


def tabular():
    metadata = head(
        component_type="rdk:component:sensor",
        method_name="Readings",
        type=sync.DATA_TYPE_TABULAR_SENSOR,
        file_extension=".dat",
        tags=["x", "y"],
    )
    records = []
    for index in range(40):
        record = sync.SensorData(metadata=timed(index))
        nested = {"t": 20.5 + index, "ok": index % 2 == 0, "none": None, "list": [1, "two", {"three": 3}]}
        record.struct.update({"readings": {"name": f"reading {index}", "more": nested}})
        records.append(record)
    request = sync.DataCaptureUploadRequest(metadata=upload(metadata, ".dat"), sensor_contents=records)
    return capture("readings", metadata, records, unary([request]))


def annotated():
    sensor = timed(9)
    box = sensor.annotations.bboxes.add()
    box.label, box.x_min_normalized, box.y_max_normalized, box.confidence = "cat", 0.25, 0.5, 0.0
    sensor.annotations.classifications.add(label="pets")
    return sensor


def camera(mime):
    return head(
        component_type="rdk:component:camera",
        method_name="ReadImage",
        type=sync.DATA_TYPE_BINARY_SENSOR,
        file_extension=".jpeg",
        mime_type=mime,
    )


def binary():
    metadata = camera("image/png")
    records = [sync.SensorData(metadata=annotated(), binary=bytes(range(n))) for n in (200, 1, 130)]
    made = upload(metadata, ".png")
    requests = [sync.DataCaptureUploadRequest(metadata=made, sensor_contents=[one]) for one in records]
    return capture("payloads", metadata, records, unary(requests))


def streamed():
    """A payload over the limit; its bytes are `byte`, so that they need not stand here."""
    metadata = camera("image/unknown")
    size = 1_000_001
    record = sync.SensorData(metadata=annotated(), binary=b"s" * size)
    start = sync.StreamingDataCaptureUploadRequest()
    start.metadata.upload_metadata.CopyFrom(upload(metadata, ".jpeg"))
    start.metadata.sensor_metadata.CopyFrom(annotated())
    pieces = []
    for at in range(0, size, PIECE):
        part = b"s" * min(PIECE, size - at)
        raw = sync.StreamingDataCaptureUploadRequest(data=part).SerializeToString()
        pieces.append({"head": raw[: -len(part)].hex(), "size": len(part)})
    whole = framed(metadata) + framed(record)
    return {"head": whole[:-size].hex(), "size": size, "byte": "s", "start": told(start), "pieces": pieces}


def plain():
    metadata = sync.UploadMetadata(
        part_id=PART,
        type=sync.DATA_TYPE_FILE,
        file_name="/data/tag=t/caf\u00e9.tar.gz",
        file_extension=".gz",
        tags=["own", "t"],
        dataset_ids=["1023"],
    )
    metadata.file_create_time.seconds, metadata.file_create_time.nanos = 1_700_000_000, 1
    metadata.file_modify_time.seconds, metadata.file_modify_time.nanos = -5, 999_999_999
    request = sync.FileUploadRequest(metadata=metadata)
    pieces = []
    for size in (PIECE, 1, 127, 128, 16_384):
        part = b"p" * size
        raw = sync.FileUploadRequest(file_contents=sync.FileData(data=part)).SerializeToString()
        pieces.append({"head": raw[:-size].hex(), "size": size})
    return {"metadata": told(metadata), "start": told(request), "pieces": pieces}


def sequence():
    request = data.CreateSequenceRequest(part_id=PART, sequence_tags=["run 1"])
    request.resources.add(resource_name="cam", method_name="ReadImage")
    request.start_time.seconds, request.start_time.nanos = 1_787_385_600, 123_456_789
    request.end_time.seconds = 1_787_385_660
    text = {
        "start_time": "2026-08-22T10:00:00.123456789+02:00",
        "end_time": "2026-08-22T08:01:00Z",
        "resources": [{"resource_name": "cam", "method_name": "ReadImage"}],
        "sequence_tags": ["run 1"],
    }
    return {"text": json.dumps(text), "request": told(request)}


def login():
    request = auth.AuthenticateRequest(entity="key-id")
    request.credentials.type, request.credentials.payload = "api-key", "secret"
    return told(request)


answers = [
    auth.AuthenticateResponse(access_token="a.b.c"),
    sync.DataCaptureUploadResponse(file_id="f", binary_data_id="b"),
    sync.FileUploadResponse(file_id="f", binary_data_id="b"),
    sync.StreamingDataCaptureUploadResponse(binary_data_id="b"),
    data.CreateSequenceResponse(id="s"),
]
fixtures = {
    "captures": [tabular(), binary()],
    "streamed": streamed(),
    "plain": plain(),
    "sequence": sequence(),
    "login": login(),
    "answers": [told(one) for one in answers],
}
target = sys.argv[1] if len(sys.argv) > 1 else "test/fixtures/viam/messages.json"
Path(target).write_text(json.dumps(fixtures, indent=1) + "\n")
