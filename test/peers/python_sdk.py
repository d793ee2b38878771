"""Every upload of Viam's Python SDK, each once; prints the ids that were answered.

python_sdk.py ADDRESS KEY_ID KEY CONTENT_FILE: ADDRESS as host:port, or http://host:port without TLS.
"""

import asyncio
import json
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

from viam.app.viam_client import ViamClient
from viam.proto.app.data import SequenceResourceFilter
from viam.rpc.dial import DialOptions

PART = "part-1"
TEN = datetime(2026, 8, 21, 10, tzinfo=timezone.utc)
TIMES = (TEN, TEN + timedelta(seconds=1))
CAMERA = {
    "part_id": PART,
    "component_type": "rdk:component:camera",
    "component_name": "cam",
    "method_name": "GetImages",
}


async def upload(data, content_file):
    large = Path(content_file).read_bytes()
    answers = {}
    answers["tabular"] = await data.tabular_data_capture_upload(
        tabular_data=[{"readings": {"value": n, "on": True}} for n in range(3)],
        part_id=PART,
        component_type="rdk:component:sensor",
        component_name="s1",
        method_name="Readings",
        data_request_times=[TIMES] * 3,
        tags=["peer"],
    )
    answers["picture"] = await data.binary_data_capture_upload(
        binary_data=b"picture",
        file_extension=".jpg",
        mime_type="image/jpeg",
        data_request_times=TIMES,
        tags=["peer"],
        dataset_ids=["set"],
        **CAMERA,
    )
    answers["undated"] = await data.binary_data_capture_upload(
        binary_data=b"undated", file_extension="jpg", **CAMERA
    )
    answers["large"] = await data.binary_data_capture_upload(
        binary_data=large, file_extension=".bin", data_request_times=TIMES, **CAMERA
    )
    answers["streamed"] = await data.streaming_data_capture_upload(
        data=large, file_ext=".bin", data_request_times=TIMES, **CAMERA
    )
    answers["named"] = await data.file_upload(
        part_id=PART, data=large, file_name="named", file_extension=".txt"
    )
    answers["unnamed"] = await data.file_upload(part_id=PART, data=b"")
    answers["from path"] = await data.file_upload_from_path(part_id=PART, filepath=content_file)
    answers["sequence"] = await data.create_sequence(
        part_id=PART,
        resources=[SequenceResourceFilter(resource_name="cam", method_name="GetImages")],
        sequence_tags=["lap"],
        start_time=TIMES[0],
        end_time=TIMES[1],
    )
    return answers


async def main(address, key_id, key, content_file):
    options = DialOptions.with_api_key(api_key=key, api_key_id=key_id)
    options.insecure = address.startswith("http://")
    client = await ViamClient.create_from_dial_options(options, address)
    print(json.dumps(await upload(client.data_client, content_file)))
    client.close()


asyncio.run(main(*sys.argv[1:5]))
