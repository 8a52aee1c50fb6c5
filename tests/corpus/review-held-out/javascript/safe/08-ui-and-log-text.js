import { toast } from './toast.js';
import logger from './logger.js';

export function onPick(menu, option) {
  logger.info(`select ${option} from menu ${menu.name} where ${menu.place}`);
  if (!option) {
    toast(`Select an entry from ${menu.name} first`);
    return;
  }
  toast('Insert ' + option + ' into your basket, or delete it from ' + menu.name);
  document.querySelector(`select[name="${menu.name}"] option`).textContent = option;
  // e.g. "SELECT * FROM menu WHERE name = '" + option + "'" is what the old page sent
  const url = `/api/update/${encodeURIComponent(menu.name)}?set=${encodeURIComponent(option)}`;
  fetch(url, { method: 'POST' }).catch((e) => logger.error('Update of ' + menu.name + ' failed', e));
}
