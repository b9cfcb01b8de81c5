"""The machine and the versions that a run's evidence depends on."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import subprocess
from pathlib import Path
from typing import Any

import torch

from claims.frame import switches
from claims.frame.support import devices

PACKAGES = ("torch", "numpy", "scipy", "hypothesis", "python-flint", "pytest", "dl-claims")


def describe() -> dict[str, Any]:
    """Machine, versions, BLAS, threads, devices, precision switches and commit, as plain data."""
    commit = _output("git", "rev-parse", "--short", "HEAD")
    return {
        "machine": {
            "cpu": _cpu(),
            "capability": torch.backends.cpu.get_cpu_capability(),
            "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
            "memory_gib": round(_memory() / 2**30, 1),
            "system": platform.platform(terse=True),
        },
        "versions": {"python": platform.python_version(), **{p: _version(p) for p in PACKAGES}},
        "blas": _blas(),
        "threads": torch.get_num_threads(),
        "devices": [_device(d) for d in devices()],
        "switches": switches.state(),
        "commit": commit or None,
        "repository": _repository(_output("git", "remote", "get-url", "origin")),
        "dirty": bool(commit and _output("git", "status", "--porcelain", "--untracked-files=no")),
    }


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*:\s*(.+)", info.read_text()) if info.exists() else None
    return found[1].strip() if found else platform.processor() or platform.machine()


def _memory() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError):  # Windows
        return 0


def _blas() -> str:
    config = torch.__config__.show()
    found = re.search(r"(Math Kernel Library[^\n]*?Version [\d.]+|OpenBLAS[^\n,]*|Accelerate)", config)
    return re.sub(r"\s+", " ", found[1]) if found else "unknown"


def _device(name: str) -> dict[str, Any]:
    if name == "cpu":
        return {"name": name, "model": _cpu()}
    if name == "cuda":
        driver = _output("nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader").splitlines()
        model, count = torch.cuda.get_device_name(0), torch.cuda.device_count()
        return {"name": name, "model": model, "driver": driver[0] if driver else "unknown", "count": count}
    return {"name": name, "model": name}


def _repository(remote: str) -> str | None:
    """The web address of a repository on GitHub, without what an address may hold besides; None elsewhere."""
    found = re.fullmatch(
        r"(?:https://(?:[^@/]*@)?|git@|ssh://git@)github\.com[:/]([\w.-]+/[\w.-]+?)(?:\.git)?/?", remote
    )
    return f"https://github.com/{found[1]}" if found else None


def _output(*command: str) -> str:
    root = Path(__file__).parents[2]
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=10, check=True, cwd=root).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return ""
