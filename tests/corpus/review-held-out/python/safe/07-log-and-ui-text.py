import logging

from flask import flash, redirect, url_for

log = logging.getLogger("inventory")


def move(item, source, target, user):
    log.info(f"Update from {source}: set location where item is {item}")
    if source == target:
        flash("Select another shelf from " + source + " where the item may go.")
        return redirect(url_for("inventory.edit", item=item))
    if item is None:
        raise LookupError("Nothing to delete from %s, insert into it first" % source)
    log.warning("{} asked to drop table reservation at {}".format(user, target))
    return redirect(url_for("inventory.index"))
