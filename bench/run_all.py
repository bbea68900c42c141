"""Runs every measurement of this folder and says which bound was missed; exit 1 if any was."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main() -> None:
    missed: list[str] = []
    for script in sorted(p for p in HERE.glob("*.py") if p.name != Path(__file__).name):
        print(f"\n## {script.stem}\n", flush=True)
        if subprocess.run([sys.executable, str(script)], cwd=HERE.parent, check=False).returncode:
            missed.append(script.stem)
    print(f"\nbounds missed in: {', '.join(missed)}" if missed else "\nall bounds held")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
