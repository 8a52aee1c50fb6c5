import logging

log = logging.getLogger("sync")


class SyncJob:
    def __init__(self, source, target):
        self.source = source
        self.target = target

    def run(self, records):
        log.info(f"Update from {self.source} started")
        inserted = skipped = 0
        for record in records:
            if not record.get("key"):
                skipped += 1
                log.warning("Could not insert %s into %s" % (record, self.target))
                continue
            self.target.put(record["key"], record)
            inserted += 1
        log.info("Inserted {} records into {}, skipped {}".format(inserted, self.target, skipped))
        if skipped:
            raise RuntimeError("delete from " + str(self.source) + " refused: some records were skipped")
        return inserted
