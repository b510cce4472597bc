#!/usr/bin/env python3
"""The whole process, measured from outside and in pairs. Python 3 standard library only; Linux.

    whole.py start     spawn of `steward run` until it says ready: wall time, processor time
    whole.py oneshot   `steward containers` against (a bare list call + `steward --version`), in turns
    whole.py memory    PSS, RSS, processor time and wake-ups of `steward run`, idle with --containers containers
    whole.py size      the program's size and what weighs in it
    whole.py all       all four

--binary is the program (default: target/release/steward beside this file's workspace). The engine is the one at
--socket; where none answers, what needs one is said to be not measured. `oneshot` and `memory` make their containers
themselves (prefix `bench-`) and remove them. Every figure is a median of --rounds, printed as a line of JSON.
"""
import argparse
import concurrent.futures
import http.client
import io
import json
import os
import pathlib
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PREFIX = "bench-"


class Engine(http.client.HTTPConnection):
    """One connection to the engine over its unix socket."""

    def __init__(self, path):
        super().__init__("docker", timeout=120)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)

    def ask(self, method, target, body=None, kind="application/json"):
        data = json.dumps(body) if kind == "application/json" and body is not None else body
        self.request(method, "/v1.41" + target, data, {"Content-Type": kind} if data is not None else {})
        answer = self.getresponse()
        return answer.status, answer.read()


def engine_answers(path):
    try:
        return Engine(path).ask("GET", "/version")[0] == 200
    except OSError:
        return False


def import_busybox(engine):
    """An image with nothing but busybox, where there is none: nothing is pulled."""
    busybox = shutil.which("busybox") or sys.exit("busybox (busybox-static) is needed for the image")
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as archive:
        archive.add(busybox, "bin/busybox")
    status, text = engine.ask("POST", "/images/create?fromSrc=-&repo=stw/busybox&tag=1", tar.getvalue(), "application/x-tar")
    if status != 200:
        sys.exit(f"the image could not be made: {text.decode()}")


class Fleet:
    """So many running containers, for as long as the block lasts."""

    def __init__(self, path, count, image):
        self.path, self.count, self.image = path, count, image

    def __enter__(self):
        engine = Engine(self.path)
        self.remove()
        if engine.ask("GET", f"/images/{self.image}/json")[0] != 200:
            import_busybox(engine)
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            list(pool.map(self.make, range(self.count)))
        return self

    def make(self, number):
        engine = Engine(self.path)
        labels = {"com.docker.compose.project": f"bench-{number % 5}", "com.docker.compose.service": f"svc-{number}"}
        body = {
            "Image": self.image,
            "Cmd": ["/bin/busybox", "sleep", "100000"],
            "Labels": labels,
            "HostConfig": {"NetworkMode": "none", "Init": False},
        }
        status, text = engine.ask("POST", f"/containers/create?name={PREFIX}{number}", body)
        if status != 201:
            sys.exit(f"a container could not be made: {text.decode()}")
        status, text = engine.ask("POST", f"/containers/{json.loads(text)['Id']}/start")
        if status != 204:
            sys.exit(f"a container could not be started: {text.decode()}")

    def remove(self):
        rows = json.loads(Engine(self.path).ask("GET", "/containers/json?all=1")[1])
        ours = [row["Id"] for row in rows if row["Names"] and row["Names"][0].startswith("/" + PREFIX)]
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda one: Engine(self.path).ask("DELETE", f"/containers/{one}?force=1"), ours))

    def __exit__(self, *_):
        self.remove()


def say(**figures):
    figures["load"] = round(os.getloadavg()[0], 1)
    print(json.dumps(figures), flush=True)


def spread(times):
    ordered = sorted(times)
    return {"p50_ms": round(statistics.median(ordered) * 1e3, 2), "min_ms": round(ordered[0] * 1e3, 2),
            "p95_ms": round(ordered[int(len(ordered) * 0.95)] * 1e3, 2)}


def processor_s(pid):
    """Nanoseconds on a processor, of every thread (Documentation/scheduler/sched-stats.rst)."""
    total = 0
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        try:
            total += int((task / "schedstat").read_text().split()[0])
        except OSError:
            pass
    return total / 1e9


def wake_ups(pid):
    total = 0
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        try:
            for line in (task / "status").read_text().splitlines():
                if line.startswith("voluntary_ctxt_switches"):
                    total += int(line.split()[1])
        except OSError:
            pass
    return total


def environment(options, data):
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "TZ", "LANG")}
    return kept | {"STEWARD_DATA_DIR": data, "DOCKER_HOST": f"unix://{options.socket}", "LOG_FORMAT": "human"}


class Running:
    """`steward run`, ready."""

    def __init__(self, options, data):
        began = time.perf_counter()
        self.process = subprocess.Popen([options.binary, "run"], stderr=subprocess.PIPE, env=environment(options, data))
        said = b""
        while b"ready" not in said:
            piece = os.read(self.process.stderr.fileno(), 65536)
            if not piece:
                sys.exit(f"steward run ended: {said.decode()}")
            said += piece
        self.wall_s = time.perf_counter() - began
        self.processor_s = processor_s(self.process.pid)

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=20)


def start(options):
    with tempfile.TemporaryDirectory() as top:
        for what in ("first start, makes the database", "later start"):
            wall, processor = [], []
            for number in range(options.rounds):
                data = os.path.join(top, str(number) if what.startswith("first") else "0")
                running = Running(options, data)
                wall.append(running.wall_s)
                processor.append(running.processor_s)
                running.end()
            say(what=f"spawn to ready, {what}", **spread(wall), processor_p50_ms=round(statistics.median(processor) * 1e3, 2),
                goal_ms=50, goal_processor_ms=20)


def wall(command, **more):
    began = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, **more)
    return time.perf_counter() - began


def oneshot(options):
    if not engine_answers(options.socket):
        return say(what="oneshot", not_measured=f"no engine answers at {options.socket}")
    with Fleet(options.socket, options.containers, options.image), tempfile.TemporaryDirectory() as top:
        env = environment(options, os.path.join(top, "data"))
        wall([options.binary, "containers"], env=env)
        ours, starts, lists = [], [], []
        for _ in range(options.rounds):
            ours.append(wall([options.binary, "containers"], env=env))
            starts.append(wall([options.binary, "--version"], env=env))
            began = time.perf_counter()
            Engine(options.socket).ask("GET", "/containers/json?all=1")
            lists.append(time.perf_counter() - began)
        floor = statistics.median(starts) + statistics.median(lists)
        say(what=f"one-shot `containers`, {options.containers} containers", **spread(ours),
            version_p50_ms=spread(starts)["p50_ms"], bare_list_p50_ms=spread(lists)["p50_ms"],
            ratio=round(statistics.median(ours) / floor, 2), goal_ratio=1.5,
            ratio_of_least=round(min(ours) / (min(starts) + min(lists)), 2))


def memory(options):
    if not engine_answers(options.socket):
        return say(what="memory", not_measured=f"no engine answers at {options.socket}")
    with Fleet(options.socket, options.containers, options.image), tempfile.TemporaryDirectory() as top:
        running = Running(options, os.path.join(top, "data"))
        time.sleep(options.idle)
        before, woken = processor_s(running.process.pid), wake_ups(running.process.pid)
        time.sleep(options.window)
        pid = running.process.pid
        kib = {}
        for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
            name, value = line.split()[:2]
            kib[name.rstrip(":")] = int(value)
        mib = lambda name: round(kib.get(name, 0) / 1024, 1)
        say(what=f"idle memory, {options.containers} containers, after {options.idle:.0f} s",
            pss_mib=mib("Pss"), rss_mib=mib("Rss"), of_it_own_data_mib=mib("Pss_Anon"), of_it_files_mib=mib("Pss_File"),
            threads=len(os.listdir(f"/proc/{pid}/task")), goal_pss_mib=12,
            processor_ms_per_min=round((processor_s(pid) - before) * 60e3 / options.window, 2),
            wake_ups_per_s=round((wake_ups(pid) - woken) / options.window, 2))
        running.end()


def size(options):
    """Sections of the program; symbols too, where --symbols names the same program not stripped."""
    lines = subprocess.run(["size", "-A", options.binary], capture_output=True, text=True, check=True).stdout.splitlines()
    sections = {}
    for line in lines[2:]:
        parts = line.split()
        if len(parts) == 3 and int(parts[1]) > 100_000:
            sections[parts[0]] = int(parts[1])
    say(what="size", file=os.path.relpath(options.binary, ROOT), bytes=os.path.getsize(options.binary), sections=sections)
    if options.symbols:
        text = subprocess.run(["nm", "--size-sort", "-S", "-C", options.symbols], capture_output=True, text=True, check=True).stdout
        weights = {}
        for line in text.splitlines():
            parts = line.split(None, 3)
            if len(parts) == 4:
                crate = owner(parts[3])
                weights[crate] = weights.get(crate, 0) + int(parts[1], 16)
        heaviest = sorted(weights.items(), key=lambda pair: -pair[1])[:20]
        say(what="what weighs, bytes of code and data by crate", crates=dict(heaviest))


def owner(symbol):
    """The crate a symbol comes from; C has no paths."""
    symbol = symbol.lstrip("<&*(").removeprefix("mut ").removeprefix("dyn ")
    head = symbol.split("::", 1)[0] if "::" in symbol else ""
    if head and all(c.isalnum() or c == "_" for c in head):
        return head
    return "sqlite and C" if "::" not in symbol else "other"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["start", "oneshot", "memory", "size", "all"])
    parser.add_argument("--binary", default=str(ROOT / "target/release/steward"))
    parser.add_argument("--symbols", help="the same program, not stripped, for `size`")
    parser.add_argument("--socket", default="/var/run/docker.sock")
    parser.add_argument("--image", default="stw/busybox:1")
    parser.add_argument("--containers", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--idle", type=float, default=60, help="seconds before memory is looked at")
    parser.add_argument("--window", type=float, default=20, help="seconds over which processor time and wake-ups are counted")
    options = parser.parse_args()
    for name, measure in (("start", start), ("oneshot", oneshot), ("memory", memory), ("size", size)):
        if options.what in (name, "all"):
            measure(options)


if __name__ == "__main__":
    main()
