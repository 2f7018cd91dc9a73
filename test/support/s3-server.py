"""An S3-compatible store on the loopback, in memory: s3-server.py PORT BUCKET POLICY. It prints the keys of a user who may do what the policy says."""

import json
import os
import sys
import threading

port, bucket, policy = int(sys.argv[1]), sys.argv[2], sys.argv[3]
os.environ["INITIAL_NO_AUTH_ACTION_COUNT"] = "4"  # until the user is there nobody is asked who he is

import boto3
from moto.server import ThreadedMotoServer

server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
server.start()
common = {
    "endpoint_url": f"http://127.0.0.1:{port}",
    "region_name": "us-east-1",
    "aws_access_key_id": "maker",
    "aws_secret_access_key": "maker",
}
boto3.client("s3", **common).create_bucket(Bucket=bucket)
iam = boto3.client("iam", **common)
iam.create_user(UserName="lab")
iam.put_user_policy(UserName="lab", PolicyName="results", PolicyDocument=policy)
key = iam.create_access_key(UserName="lab")["AccessKey"]
print(json.dumps({"id": key["AccessKeyId"], "secret": key["SecretAccessKey"]}), flush=True)
sys.stdin.read()  # until who has started it ends
