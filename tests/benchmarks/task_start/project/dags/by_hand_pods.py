"""The same work with Airflow's own operator, as one would write it by hand."""

from __future__ import annotations

import json
import os

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.sdk import DAG

PARAMETERS = json.loads(os.environ["BY_HAND_PARAMETERS"])
SELECT = """
import json, os
from snowflake.snowpark import Session
session = Session.builder.configs(json.loads(os.environ["PARAMETERS"])).create()
value = session.sql("select 1").collect()[0][0]
session.close()
os.makedirs("/airflow/xcom", exist_ok=True)
with open("/airflow/xcom/return.json", "w") as file:
    json.dump(value, file)
"""

with DAG("by_hand_pods", schedule=None):
    for task_id, interval in (("pod", 1), ("pod_as_it_comes", 5)):
        KubernetesPodOperator(
            task_id=task_id,
            image=os.environ.get("SNOWPOD_TASK_IMAGE", ""),
            image_pull_policy="IfNotPresent",
            cmds=["python", "-c", SELECT],
            namespace="default",
            hostnetwork=True,
            do_xcom_push=True,
            startup_check_interval_seconds=interval,
            env_vars={
                "PARAMETERS": json.dumps(PARAMETERS),
                "REQUESTS_CA_BUNDLE": "/run/ca/ca-bundle.pem",
                "PYTHONPATH": "/marks:/opt/snowpod",
                "MARKS": "/marked/pod.jsonl",
            },
            pod_template_dict={
                "apiVersion": "v1",
                "kind": "Pod",
                "metadata": {},
                "spec": {
                    "restartPolicy": "Never",
                    "containers": [
                        {
                            "name": "base",
                            "resources": {
                                "requests": {"cpu": "100m", "memory": "512Mi"},
                                "limits": {"cpu": "1", "memory": "2Gi"},
                            },
                            "volumeMounts": [
                                {"name": "ca", "mountPath": "/run/ca", "readOnly": True},
                                {"name": "marks", "mountPath": "/marks", "readOnly": True},
                                {"name": "marked", "mountPath": "/marked"},
                            ],
                        }
                    ],
                    "volumes": [
                        {"name": "ca", "configMap": {"name": os.environ.get("SNOWPOD_CA_CONFIGMAP", "")}},
                        {"name": "marks", "hostPath": {"path": os.environ["MARKS_FOLDER"]}},
                        {"name": "marked", "hostPath": {"path": os.environ["MARKED_FOLDER"]}},
                    ],
                },
            },
        )
