"""What programs do with Kubernetes' Python client. Prints a line for each thing it has seen; anything else is an error.

usage: client.py KUBECONFIG
"""

import datetime
import json
import sys
import urllib.request

from kubernetes import client, config, watch
from kubernetes.client.rest import ApiException
from kubernetes.dynamic import DynamicClient

config.load_kube_config(sys.argv[1])
api = client.ApiClient()
core = client.CoreV1Api(api)
apps = client.AppsV1Api(api)
leases = client.CoordinationV1Api(api)
NS = "default"


def see(what, *values):
    print(what + ":", *values)


def refused(call, *args, **kwargs):
    try:
        call(*args, **kwargs)
    except ApiException as e:
        return f"{e.status} {e.reason}"
    return "not refused"


def advance(duration):
    """Simulated time stands still but for this."""
    url = api.configuration.host + "/apis/sim.kctl.dev/v1/simulations/cluster/advance"
    body = json.dumps({"duration": duration}).encode()
    urllib.request.urlopen(urllib.request.Request(url, body, {"Content-Type": "application/json"})).close()


def status(answer):
    """Of a meta/v1 Status, which some versions of the client return as a dict."""
    return answer["status"] if isinstance(answer, dict) else answer.status


def config_map(name, **data):
    return client.V1ConfigMap(metadata=client.V1ObjectMeta(name=name, labels={"by": "python"}), data=data)


def lists():
    see("nodes", *[n.metadata.name for n in core.list_node().items])
    names, token = [], None
    while True:
        page = core.list_node(limit=1, _continue=token)
        names.append(page.items[0].metadata.name)
        token = page.metadata._continue
        if not token:
            break
    see("pages", *names)
    ready = [c.status for n in core.list_node().items for c in n.status.conditions if c.type == "Ready"]
    see("ready", *ready)
    see("version", client.VersionApi(api).get_code().major)
    see("groups", *[g.name for g in client.ApisApi(api).get_api_versions().groups if g.name in ("apps", "coordination.k8s.io")])


def writes():
    made = core.create_namespaced_config_map(NS, config_map("a", x="1"))
    see("created", made.metadata.name, made.data)
    see("again", refused(core.create_namespaced_config_map, NS, config_map("a")))
    made.data = {"x": "2"}
    see("replaced", core.replace_namespaced_config_map("a", NS, made).data)
    see("older", refused(core.replace_namespaced_config_map, "a", NS, made))
    see("patched", core.patch_namespaced_config_map("a", NS, {"data": {"y": "3"}}).data)
    see("json patch", core.patch_namespaced_config_map("a", NS, [{"op": "remove", "path": "/data/x"}]).data)
    see("selected", *[c.metadata.name for c in core.list_namespaced_config_map(NS, label_selector="by=python").items])
    see("dry", core.create_namespaced_config_map(NS, config_map("b"), dry_run="All").metadata.name)
    see("deleted", status(core.delete_namespaced_config_map("a", NS)))
    see("missing", refused(core.read_namespaced_config_map, "a", NS))
    see("invalid", refused(core.create_namespaced_pod, NS, {"metadata": {"name": "p"}, "spec": {"containers": []}}))
    core.create_namespaced_secret(NS, client.V1Secret(metadata=client.V1ObjectMeta(name="s"), string_data={"x": "1"}))
    see("secret", core.read_namespaced_secret("s", NS).data)


def watches():
    since = core.list_namespaced_config_map(NS).metadata.resource_version
    core.create_namespaced_config_map(NS, config_map("w", x="1"))
    core.patch_namespaced_config_map("w", NS, {"data": {"x": "2"}})
    core.delete_namespaced_config_map("w", NS)
    watcher, seen = watch.Watch(), []
    for event in watcher.stream(core.list_namespaced_config_map, NS, resource_version=since, timeout_seconds=60):
        seen.append((event["type"], event["object"].metadata.name))
        if event["type"] == "DELETED":
            watcher.stop()
    see("watched", *seen)


def workloads():
    container = client.V1Container(name="main", image="busybox:1.36", command=["sh", "-c", "echo one; echo two; sleep 3600"])
    template = client.V1PodTemplateSpec(
        metadata=client.V1ObjectMeta(labels={"app": "web"}), spec=client.V1PodSpec(containers=[container]))
    spec = client.V1DeploymentSpec(replicas=2, selector=client.V1LabelSelector(match_labels={"app": "web"}), template=template)
    apps.create_namespaced_deployment(NS, client.V1Deployment(metadata=client.V1ObjectMeta(name="web"), spec=spec))
    advance("30s")
    see("deployment", apps.read_namespaced_deployment_status("web", NS).status.ready_replicas)
    apps.patch_namespaced_deployment_scale("web", NS, {"spec": {"replicas": 3}})
    advance("30s")
    scale = apps.read_namespaced_deployment_scale("web", NS)
    see("scale", scale.spec.replicas, scale.status.replicas, scale.status.selector)
    pods = core.list_namespaced_pod(NS, label_selector="app=web", field_selector="status.phase=Running").items
    see("pods", len(pods), type(pods[0].status.start_time) is datetime.datetime)
    see("log", repr(core.read_namespaced_pod_log(pods[0].metadata.name, NS)))
    see("tail", repr(core.read_namespaced_pod_log(pods[0].metadata.name, NS, tail_lines=1)))
    eviction = client.V1Eviction(metadata=client.V1ObjectMeta(name=pods[0].metadata.name, namespace=NS))
    core.create_namespaced_pod_eviction(pods[0].metadata.name, NS, eviction)
    see("evicted", core.read_namespaced_pod(pods[0].metadata.name, NS).metadata.deletion_timestamp is not None)
    events = core.list_namespaced_event(NS, field_selector="involvedObject.kind=Deployment").items
    see("event", events[0].reason, events[0].message.split(" to ")[1])
    see("gone", status(apps.delete_namespaced_deployment("web", NS, propagation_policy="Background")))
    advance("5m")
    see("left", len(core.list_namespaced_pod(NS).items))


def dynamic():
    resources = DynamicClient(api)
    maps = resources.resources.get(api_version="v1", kind="ConfigMap")
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "d"}, "data": {"x": "1"}}
    see("applied", maps.server_side_apply(body=body, namespace=NS, field_manager="python").data.to_dict())
    body["data"]["x"] = "2"
    try:
        maps.server_side_apply(body=body, namespace=NS, field_manager="other")
        see("conflict", "none")
    except Exception as e:
        see("conflict", e.status)
    see("forced", maps.server_side_apply(body=body, namespace=NS, field_manager="other", force_conflicts=True).data.to_dict())
    see("managers", *sorted(m.manager for m in maps.get(name="d", namespace=NS).metadata.managedFields))


class Candidate:
    """Leads by a Lease: takes it where it is free or has run out, and keeps it by renewing it."""

    SECONDS = 15

    def __init__(self, name):
        self.name = name
        self.lease = None

    def look(self):
        self.lease = leases.read_namespaced_lease("leader", NS)

    def take(self, now):
        """Writes what it saw last, with its own name; another's write in between is a conflict."""
        spec = client.V1LeaseSpec(holder_identity=self.name, lease_duration_seconds=self.SECONDS, acquire_time=now, renew_time=now)
        if self.lease is None:
            self.lease = leases.create_namespaced_lease(NS, client.V1Lease(metadata=client.V1ObjectMeta(name="leader"), spec=spec))
            return
        held = self.lease.spec
        if held.holder_identity != self.name:
            if (now - held.renew_time).total_seconds() < self.SECONDS:
                raise ApiException(status=0, reason=f"{held.holder_identity} leads")
            spec.lease_transitions = (held.lease_transitions or 0) + 1
        else:
            spec.acquire_time, spec.lease_transitions = held.acquire_time, held.lease_transitions
        self.lease.spec = spec
        self.lease = leases.replace_namespaced_lease("leader", NS, self.lease)


def leads():
    now = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
    later = lambda seconds: now + datetime.timedelta(seconds=seconds, microseconds=123456)
    a, b, c = Candidate("a"), Candidate("b"), Candidate("c")
    a.take(later(0))
    see("second", refused(b.take, later(1)))
    b.look()
    see("held", refused(b.take, later(2)))
    a.take(later(10))
    see("stale", refused(b.take, later(20)))
    b.look(), c.look()
    see("renewed", refused(b.take, later(20)))
    b.take(later(30))
    see("beaten", refused(c.take, later(30)))
    see("deposed", refused(a.take, later(31)))
    lease = leases.read_namespaced_lease("leader", NS)
    see("leader", lease.spec.holder_identity, lease.spec.lease_transitions, lease.spec.renew_time == later(30))


for part in (lists, writes, watches, workloads, dynamic, leads):
    part()
