"""Runs the binary: `python -m bulletin_ssg` where the folder of scripts is not on the path."""
import os
import subprocess
import sys
import sysconfig


def find():
    """The binary beside this interpreter, or where `pip install --user` puts it."""
    name = "bulletin" + (sysconfig.get_config_var("EXE") or "")
    folders = [sysconfig.get_path("scripts"), sysconfig.get_path("scripts", f"{os.name}_user")]
    for folder in folders:
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            return path
    sys.exit(f"error: found no {name} in {' or '.join(folders)}")


if __name__ == "__main__":
    command = [find(), *sys.argv[1:]]
    if os.name == "nt":
        sys.exit(subprocess.call(command))
    os.execv(command[0], command)
