"""nginx with the very site of the full mode (deploy/nginx.conf.template), started on this machine."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from scripts import system
from scripts.steps import ROOT

TEMPLATE = ROOT / "deploy" / "nginx.conf.template"
VARIABLE = re.compile(r"\$\{(CHARTE_\w+)\}")
NGINX = """\
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
worker_processes 1;
daemon off;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


def variables() -> set[str]:
    """The names the template needs filled in."""
    return set(VARIABLE.findall(TEMPLATE.read_text()))


def command(folder: Path, values: Mapping[str, str]) -> list[str]:
    """Writes nginx's configuration in `folder`; returns the command that runs it in the foreground.

    `values` are the template's CHARTE_ variables, as in docker-compose.yml (KeyError when one is missing). FileNotFoundError
    when nginx is not installed.
    """
    nginx = system.program("nginx")
    if nginx is None:
        raise FileNotFoundError("nginx is not installed: run `make setup`")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "site.conf").write_text(VARIABLE.sub(lambda match: values[match[1]], TEMPLATE.read_text()))
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder))
    return [str(nginx), "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")]
