"""The page that shows engineers which messages a service hears; it needs no other server."""

import html
import json
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, JSONResponse

_STYLE = (
    "body{font:16px/1.5 system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem;"
    "color-scheme:light dark}code,pre{font-size:.9em}pre{overflow:auto;padding:1rem;"
    "border:1px solid #8886;border-radius:6px}h2{margin-top:2.5rem}"
)


def routes(asyncapi: dict[str, Any]) -> APIRouter:
    """Return /asyncapi and /asyncapi.json. They only show; nothing can be sent from them."""
    pages = APIRouter(include_in_schema=False)

    @pages.get("/asyncapi.json")
    async def asyncapi_document() -> JSONResponse:
        return JSONResponse(asyncapi)

    @pages.get("/asyncapi")
    async def asyncapi_page() -> HTMLResponse:
        return HTMLResponse(_page(asyncapi))

    return pages


def _page(document: dict[str, Any]) -> str:
    info = document.get("info", {})
    title = html.escape(str(info.get("title", "")))
    parts = [f"<h1>{title}</h1>", f"<p>{html.escape(str(info.get('description', '')))}</p>"]
    for name, channel in document.get("channels", {}).items():
        queue = channel.get("bindings", {}).get("amqp", {}).get("queue", {}).get("name", name)
        parts.append(f"<h2><code>{html.escape(queue)}</code></h2>")
        if channel.get("description"):
            parts.append(f"<p>{html.escape(channel['description'])}</p>")
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        shown = html.escape(json.dumps(schema, indent=2))
        parts.append(f"<details><summary>{html.escape(name)}</summary><pre>{shown}</pre></details>")
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style><main>{''.join(parts)}</main></html>"
    )
