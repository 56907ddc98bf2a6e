"""The installation with one address more: /bare reads the body and answers 204, nothing else."""

from config.wsgi import application as installation


def application(environ, start_response):
    """The baseline of the beacon's benchmark, in the same process as what is measured."""
    if environ["PATH_INFO"] == "/bare":
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        start_response("204 No Content", [("Cache-Control", "no-store")])
        return []
    return installation(environ, start_response)
