"""Started by the judge as `python -s -P -B <this folder> <descriptor> [<folder of packages>...]`: becomes a zygote.

The folder is made a package under a name of its own, `judge_inside`, so that a submission that imports `wire` or
`observe` gets its own error and not our module, and so that nothing here can reach the judge's package by name.
"""

import importlib.util
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
sys.path[:] = [path for path in sys.path if Path(path).resolve() != FOLDER]
spec = importlib.util.spec_from_file_location(
    "judge_inside", FOLDER / "__init__.py", submodule_search_locations=[str(FOLDER)]
)
if spec is None or spec.loader is None:
    raise SystemExit("the folder of the box's own code is incomplete")
package = importlib.util.module_from_spec(spec)
sys.modules["judge_inside"] = package
spec.loader.exec_module(package)

from judge_inside.zygote import main  # type: ignore[import-not-found]  # noqa: E402  (the package exists from here on)

main(int(sys.argv[1]), sys.argv[2:])
