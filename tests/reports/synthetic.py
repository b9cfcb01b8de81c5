"""Synthetic run records: a CPU run and a CUDA run that look like real ones. Every number here is made up."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.reports import ulps_lines
from tests.reports.statements import STATISTICAL, TOPICS, Sample

Record = dict[str, Any]

CPU_RUN, CUDA_RUN = "20261120T070000-1a2b3c4d", "20261120T081500-9f8e7d6c"
DTYPES = ("float64", "float32", "bfloat16", "float16")
UNSUPPORTED = {"svd", "pinv", "lstsq", "cov"}  # no half types
REPRODUCTION = """import torch

a = torch.tensor([[0., 1.], [0., 0.]], dtype=torch.float32)
b = torch.tensor([[0., 0.], [1., 0.]], dtype=torch.float32)
c = torch.tensor([[1., 0.], [0., 0.]], dtype=torch.float32)
print(torch.trace(a @ b @ c), torch.trace(a @ c @ b))  # 1 and 0
"""


def seeded(*of: object) -> random.Random:
    return random.Random(" ".join(map(str, of)))  # noqa: S311 (made-up numbers)


def rounded(value: float, dtype: str) -> float:
    scale = 2.0 ** ({"float64": 53, "float32": 24, "bfloat16": 8, "float16": 11}[dtype] - math.frexp(value)[1])
    return round(value * scale) / scale


def run(name: str = CPU_RUN, device: str = "cpu", profile: str = "standard") -> Record:
    devices: list[Record] = [{"name": "cpu", "model": "AMD EPYC 9654"}]
    if device == "cuda":
        devices.append({"name": "cuda", "model": "NVIDIA H200", "driver": "580.82.07", "count": 1})
    stamp = f"{name[:4]}-{name[4:6]}-{name[6:8]}T{name[9:11]}:{name[11:13]}:{name[13:15]}+00:00"
    return {
        "schema": 1, "kind": "run", "run": name, "started": stamp,
        "command": f"pytest --device {device} --hypothesis-profile {profile} -n 2",
        "machine": {"cpu": "AMD EPYC 9654", "capability": "AVX512", "cores": 2, "memory_gib": 24.0,
                    "system": "Linux-6.1-x86_64"},
        "versions": {"python": "3.11.7", "torch": "2.13.0", "numpy": "2.4.6", "scipy": "1.17.1",
                     "hypothesis": "6.170.15", "python-flint": "0.9.0", "dl-claims": "0.1.0"},
        "blas": "mkl 2024.2", "threads": 1, "devices": devices,
        "switches": {"allow_tf32": False, "cudnn_tf32": False, "reduced_precision_reduction": False, "onednn": True},
        "profile": profile, "examples": 60, "seed": 0, "commit": "858a8b5", "dirty": device == "cuda",
    }  # fmt: skip


def end(counts: Mapping[tuple[str, str], int], name: str = CPU_RUN, **changes: Any) -> Record:
    by_role: dict[str, dict[str, int]] = {}
    for (role, outcome), number in counts.items():
        by_role.setdefault(role, {})[outcome] = number
    line = {"schema": 1, "kind": "end", "run": name, "finished": "2026-11-20T07:09:00+00:00", "status": 0,
            "stopped": None, "seconds": 540.0, "counts": by_role}  # fmt: skip
    return line | changes


def claim(sample: Sample, topic: str, name: str, device: str = "cpu") -> Record:
    half = {dtype: _unsupported(sample, dtype) for dtype in DTYPES}
    chapter, _, file = topic.partition("/")
    departures = []
    if sample.id == "pseudoinverse-minimum-norm":
        departures.append({
            "name": "lstsq-gelsy-drops-rank-in-a-batch",
            "summary": "`torch.linalg.lstsq` with driver `gelsy` keeps the rank of the first matrix of a batch",
            "devices": ["cpu"], "dtypes": ["float32", "float64"], "versions": "2.13.0", "upstream": None,
            "script": "claims/departures/scripts/lstsq_gelsy.py", "code": REPRODUCTION, "kind": "bug",
            "title": "`torch.linalg.lstsq` with gelsy solves another system",
            "text": "So it is in a batch.\n\nAlone, not.",
            "why": "", "mended": "2.14", "operations": ["least_squares"],
        })  # fmt: skip
    if sample.id == "xavier-initializer-law":
        departures.append({
            "name": "half-uniform-atom",
            "summary": "`uniform_` maps draws that round up to the lower end in half types",
            "devices": ["cpu", "cuda"], "dtypes": ["bfloat16", "float16"], "versions": "2.13.0",
            "upstream": "pytorch#123456", "script": "claims/departures/scripts/uniform_atom.py",
            "code": REPRODUCTION, "kind": "documented", "title": "`uniform_` has an atom", "text": "",
            "why": "the manual says ```so```", "mended": None, "hardware": "CPUs with AVX2",
        })  # fmt: skip
    return {
        "schema": 1, "kind": "claim", "run": name, "id": sample.id, "title": sample.title,
        "statement": sample.statement, "hypotheses": sample.hypotheses, "regimes": regimes(), "chapter": chapter,
        "topic": topic,
        "truth": sample.truth, "correction": sample.correction, "notes": f"{chapter.replace('_', ' ')}: {file[:-3]}",
        "book": "2.10, eq. 2.51", "formal": "Matrix.trace_mul_cycle",
        "method": "Random products with prescribed spectra against exact rational arithmetic, batched and one by one, "
                  "in every layout; corner regimes always run.",
        "bound": "BND-CHAIN followed by BND-SUM over the diagonal: $\\gamma_K(u)\\operatorname{Tr}(|A||B||C|)$ with "
                 "$K=b+c+a-1$ (ASNA, section 3.5)",
        "operations": list(sample.operations), "dtypes": {device: half},
        "source": {"claim": f"claims/{topic}:31", "reference": f"reference/{topic}"},
        "refutations": [
            {"name": f"{sample.id}-for-every-permutation",
             "statement": r"\operatorname{Tr}(ABC)=\operatorname{Tr}(ACB)"},
            {"name": f"{sample.id}-factorises", "statement": "the trace of a product is the product of the traces"},
            {"name": f"{sample.id}-bitwise", "statement": "equal bit for bit in $u=2^{-24}$ arithmetic"},
        ],
        "mutants": [
            {"name": f"{sample.operations[0]}-{kind}", "operation": sample.operations[0], "trigger": trigger,
             "provenance": "a kernel bug of this kind was reported upstream" if kind == "drops-the-tail" else ""}
            for kind, trigger in (("reads-transposed-strides", "non-contiguous matrix"),
                                  ("drops-the-tail", "length no multiple of 16"), ("drops-a-factor", "any input"),
                                  ("accumulates-in-half", "n above 64"), ("shares-state-across-the-batch", "batch > 1"))
        ],
        "departures": departures,
    }  # fmt: skip


def regimes() -> list[Record]:
    """Over which inputs a claim is quantified."""
    fields = {"dims": "(2, 2, 2), (0, 2, 3), …, (33, 2, 65)", "scale": "one, tiny, near overflow"}
    kind = {"kind": "MatrixCycle", "about": "Matrices F1 (d1 x d2), ..., Fk (dk x d1).", "fields": fields}
    return [{"name": "factors", "corners": 13, "exhaustive": False, "kinds": [kind]}]


def evidence(sample: Sample, name: str, device: str, dtype: str, **changes: Any) -> Record:
    rng = seeded(sample.id, device, dtype)
    peak, spread = {"loose": (-36, 3)}.get(sample.kind, (-rng.uniform(6, 22), rng.uniform(2, 4)))
    instances = rng.randrange(60_000, 900_000)
    histogram = {} if sample.kind == "exact" else _histogram(rng, peak, spread, instances)
    zeros = instances if sample.kind == "exact" else rng.choice([0, 0, instances // 20])
    top = max(map(int, histogram), default=-99)
    margin = 0.0 if sample.kind == "exact" else 2 ** ((top - rng.uniform(0.02, 0.9)) / 2)
    outcome = {STATISTICAL: "consistent", "exhausted": "exhausted"}.get(sample.kind, "held")
    seconds = rng.uniform(0.3, 4)
    record: Record = {
        "schema": 1, "kind": "evidence", "run": name, "role": "claim", "claim": sample.id, "name": None,
        "subject": "eager", "device": device, "dtype": dtype, "outcome": outcome, "reason": None,
        "instances": instances, "batches": instances // 256, "checks": 3 * (instances // 256),
        "undetermined": rng.choice([0, 0, instances // 900]), "excluded": 0,
        "alpha": 4e-9 if sample.kind == STATISTICAL else 0.0,
        "worst": {"margin": margin, "label": "Tr(BCA)", "input": worst_input(rng, dtype)},
        "histogram": {str(key): number for key, number in histogram.items()}, "zeros": zeros, "seconds": seconds,
        "split": {"inputs": seconds * 0.2, "subject": seconds * 0.3, "property": seconds * 0.3,
                  "harness": seconds * 0.2},
        "failure": None,
    }  # fmt: skip
    if sample.kind == STATISTICAL and dtype == "float32":
        record["figures"] = [growth(), plane()]
    return record | changes


def growth() -> Record:
    """A figure: signals that stay, explode or vanish."""
    curves = [{"name": name, "y": [gain**k for k in range(11)]} for name, gain in (("stays", 1.0), ("grows", 4.0))]
    return {
        "title": "Growth of a signal", "x": "depth", "y": "variance", "logarithmic": True,
        "panels": [{"title": "linear", "curves": curves},
                   {"title": "relu", "curves": [curves[0], {"name": "fades", "y": [1.0, 0.1, 0.0, "nan", "inf"]}]}],
    }  # fmt: skip


def plane() -> Record:
    """A figure of all kinds of curves, with notes."""
    ball = {"name": "ball", "x": [1, 0, -1, 0], "y": [0, 1, 0, -1], "kind": "closed"}
    points = {"name": "points", "x": [0.5, -0.5], "y": [0.25, "inf"], "kind": "points"}
    level = {"name": "bound", "y": [0.75], "kind": "bound"}
    panel = {"title": "", "curves": [ball, points, level], "notes": [{"x": 1, "y": 0, "text": "a corner"}]}
    return {
        "title": "The unit ball", "told": "It has four corners.", "x": "first", "y": "second", "logarithmic": False,
        "logarithmic_x": False, "equal": True, "panels": [panel],
    }  # fmt: skip


def trial(record: Record, role: str, name: str, outcome: str, **changes: Any) -> Record:
    rng = seeded(name, record["device"], record["dtype"])
    changed: Record = {"role": role, "name": name, "outcome": outcome, "instances": rng.randrange(1, 900), "batches": 4,
                       "checks": 4, "undetermined": 0, "histogram": {}, "zeros": 0, "worst": None, "alpha": 0.0,
                       "seconds": rng.uniform(0.01, 0.1)}  # fmt: skip
    changed["failure"] = failure(rng) if outcome == "refuted" else None
    return record | changed | changes


def failure(rng: random.Random, margin: float | str = "inf") -> Record:
    return {
        "margin": margin, "label": "Tr(ACB)", "input": worst_input(rng, "float32", side=2),
        "instance": "A=[[0,1],[0,0]], B=[[0,0],[1,0]], C=[[1,0],[0,0]]", "observed": "0.0", "expected": "1.0",
        "bound": "1.2e-06", "reproduction": REPRODUCTION,
        "repeat": "pytest --claim trace-cyclic-three --dtype float32 --device cpu",
        "classes": [bound_class(met=False), bound_class(met=True)],
    }  # fmt: skip


def bound_class(*, met: bool, reason: str | None = None, margin: float | str = 0.4) -> Record:
    """What became of a weaker class of bounds."""
    return {
        "name": "normwise" if met else "row by column", "bound": "K u max|A| max|B|",
        "algorithms": "Strassen's algorithm", "met": met, "refuted": not met and not reason,
        "margin": margin if met else 12.5, "label": "A B", "instances": 14080, "undetermined": 20, "reason": reason,
    }  # fmt: skip


def worst_input(rng: random.Random, dtype: str, side: int | None = None) -> Record:
    sides = [side or rng.randrange(1, 6) for _ in range(3)]
    shapes = [[sides[0], sides[1]], [sides[1], sides[2]], [sides[2], sides[0]]]
    small = sum(map(math.prod, shapes)) <= 64
    values = [[rounded(rng.gauss(0, 1), dtype).hex() for _ in range(math.prod(shape))] for shape in shapes]
    return {
        "regimes": {"factors": {"kind": "MatrixCycle", "dims": sides, "scale": rng.choice(["unit", "near overflow"]),
                                "spectrum": rng.choice(["geo", "one small", "clustered"]), "condition": 1e4}},
        "number": rng.randrange(1000), "index": rng.randrange(256), "batch": 256,
        "plan": {"calls": rng.choice(["batched", "single"]),
                 "layout": rng.choice(["contiguous", "transposed", "strided", "offset", "expanded"]), "axis": "last"},
        "seed": 0, "shapes": {"factors": shapes}, "values": {"factors": values} if small else None,
    }  # fmt: skip


def lines(name: str, device: str, samples: Sequence[tuple[str, Sample]], profile: str = "standard") -> Iterator[Record]:
    """Yield the records of one run, as its file holds them."""
    yield run(name, device, profile)
    for topic, sample in samples:
        yield (about := claim(sample, topic, name, device))
        for dtype, reason in about["dtypes"][device].items():
            if reason is None:
                yield from _cell(sample, about, name, device, dtype)


def benchmarks(samples: Sequence[tuple[str, Sample]], devices: Sequence[str] = ("cpu",)) -> Record:
    """Return what pytest-benchmark would have written."""
    rng = seeded(1)
    entries = []
    for operation in sorted({name for _, sample in samples for name in sample.operations}):
        claims = [sample.id for _, sample in samples if operation in sample.operations]
        for size in ("8x8", "64x64", "257x257"):
            base = 2e-7 * math.prod(map(int, size.split("x"))) ** 0.9
            for dtype in ("float64", "float32"):
                for implementation, device in [("reference", "cpu"), *(("torch", device) for device in devices)]:
                    slow = {"reference": 40.0, "torch": 1.0}[implementation] * (0.4 if device == "cuda" else 1.0)
                    extra = {"operation": operation, "implementation": implementation, "dtype": dtype,
                             "device": device, "size": size, "claims": claims}  # fmt: skip
                    median = base * slow * rng.uniform(0.7, 1.5)
                    entries.append({"name": "bench", "extra_info": extra, "stats": {"median": median, "rounds": 25}})
    return {
        "machine_info": {"cpu": {"brand_raw": "AMD EPYC 9654"}},
        "datetime": "2026-11-20T09:00:00+00:00",
        "benchmarks": entries,
    }


def samples(number: int = 31) -> list[tuple[str, Sample]]:
    """Return (topic, claim) pairs: the thirty-one, and copies of them under other ids where more are asked for."""
    known = [(topic, sample) for topic, group in TOPICS.items() for sample in group]
    copies = range(math.ceil(number / len(known)))
    return [(topic, s._replace(id=f"{s.id}-{k}") if k else s) for k in copies for topic, s in known][:number]


def write(folder: Path, number: int = 31) -> list[Path]:
    """Write a CPU run, a CUDA run, their benchmarks and errors in ulps; return the paths."""
    chosen = samples(number)
    paths = [folder / name for name in ("cpu.jsonl", "cuda.jsonl", "benchmarks.json", "ulps.jsonl")]
    for path, name, device in zip(paths, (CPU_RUN, CUDA_RUN), ("cpu", "cuda"), strict=False):
        path.write_text("".join(json.dumps(record) + "\n" for record in lines(name, device, chosen)), "utf-8")
    paths[2].write_text(json.dumps(benchmarks(chosen, ("cpu", "cuda"))), "utf-8")
    paths[3].write_text("".join(json.dumps(record) + "\n" for record in ulps_lines.lines()), "utf-8")
    return paths


def _cell(sample: Sample, about: Record, name: str, device: str, dtype: str) -> Iterator[Record]:
    record = evidence(sample, name, device, dtype)
    if sample.id == "log-softmax-accuracy" and dtype == "float16" and device == "cpu":
        broken = failure(seeded(2), 3.2) | {"label": "log p"}
        record |= {"outcome": "failed", "failure": broken, "worst": record["worst"] | {"margin": 3.2}}
    for departure in about["departures"]:
        if device in departure["devices"] and dtype in departure["dtypes"]:
            record |= {"outcome": "departs", "excluded": 1234}
            shown = {"departs": True, "observed": "[0.0, -1.5]", "exact": "[0.0, 1.5]", "printed": "observed\nexact\n"}
            yield trial(record, "departure", departure["name"], "departs", demonstration=shown)
    yield record
    for refutation in about["refutations"]:
        found = refutation["name"] != "svd-existence-bitwise"
        yield trial(record, "refutation", refutation["name"], "refuted" if found else "not-refuted")
    for position, mutant in enumerate(about["mutants"]):
        survives = sample.id == "variance-gain-per-layer" and position == 3
        yield trial(record, "mutant", mutant["name"], "survived" if survives else "caught")


def _unsupported(sample: Sample, dtype: str) -> str | None:
    missing = UNSUPPORTED.intersection(sample.operations) if dtype in DTYPES[2:] else set()
    return f"{min(missing)}: not implemented for '{dtype}'" if missing else None


def _histogram(rng: random.Random, peak: float, spread: float, instances: int) -> dict[int, int]:
    weights = {key: math.exp(-(((key - peak) / spread) ** 2) / 2) for key in range(-60, 1)}
    total = sum(weights.values())
    counts = {key: int(instances * weight / total * rng.uniform(0.85, 1.15)) for key, weight in weights.items()}
    return {key: number for key, number in counts.items() if number}
