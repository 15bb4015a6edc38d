# Prints every flash algorithm of the installed pyOCD as a line of JSON, with the flash that a target has it for.
import glob, importlib, json, logging, os
import pyocd
from pyocd.core.memory_map import FlashRegion, MemoryMap, RamRegion

logging.disable(logging.CRITICAL)
base = os.path.dirname(pyocd.__file__)
found, regions = {}, {}
for path in sorted(glob.glob(os.path.join(base, "target", "**", "*.py"), recursive=True)):
    name = "pyocd." + os.path.relpath(path, base)[:-3].replace(os.sep, ".")
    module = importlib.import_module(name)
    for key, value in vars(module).items():
        if isinstance(value, dict) and "instructions" in value and id(value) not in found:
            found[id(value)] = (name, key, value)
        memories = getattr(value, "MEMORY_MAP", None)
        if not isinstance(memories, MemoryMap):
            continue
        rams = [[r.start, r.length] for r in memories if isinstance(r, RamRegion)]
        for region in memories:
            if isinstance(region, FlashRegion) and getattr(region, "_algo", None) is not None:
                regions.setdefault(id(region._algo), []).append((region, rams))
for ident, (name, key, algo) in found.items():
    out = {k: v for k, v in algo.items() if isinstance(v, (int, list, tuple))}
    out["name"] = name.split(".")[-1] + "." + key
    out["regions"] = [
        dict(start=r.start, length=r.length, sector=r.sector_size, page=r.page_size, erased=r.erased_byte_value, rams=rams)
        for r, rams in regions.get(ident, [])
    ]
    print(json.dumps(out))
