import logging

log = logging.getLogger(__name__)


def _run(cursor, statement):
    log.debug("running %s", statement)
    cursor.execute(statement)
    return cursor.rowcount


def rename_tag(cursor, form):
    values = {"old": form["old"].strip(), "new": form["new"].strip()}
    statement = "UPDATE tags SET label = '%(new)s' WHERE label = '%(old)s'" % values
    changed = _run(cursor, statement)
    log.info("renamed %s tag rows", changed)
    return changed
