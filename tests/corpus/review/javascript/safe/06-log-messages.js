const pino = require('pino');

const log = pino({ name: 'importer' });

async function importFeed(feed, store) {
  log.info(`Select feed ${feed.name} from ${feed.url}`);
  let created = 0;
  for await (const item of feed.items()) {
    try {
      await store.put(item.guid, item);
      created += 1;
    } catch (err) {
      log.error('insert into ' + store.name + ' failed for values ' + JSON.stringify(item));
    }
  }
  if (created === 0) {
    throw new Error(`Nothing to update in ${store.name}: set of new items from ${feed.name} is empty`);
  }
  log.info(`Deleted 0, inserted ${created} into ${store.name} where the guid was new`);
  return created;
}

module.exports = { importFeed };
