import { db } from './db.js';

const PAGE_SIZE = 30;

export function messagesPage(req, res) {
  const page = Number.parseInt(req.query.page, 10) || 1;
  const offset = (page - 1) * PAGE_SIZE;
  const rows = db
    .prepare(`SELECT id, body FROM messages WHERE room = ? ORDER BY id DESC LIMIT ${PAGE_SIZE} OFFSET ${offset}`)
    .all(req.params.room);
  res.json({ page, rows });
}

export function message(req, res) {
  const row = db.prepare('SELECT id, body FROM messages WHERE id = ' + Number(req.params.id)).get();
  res.json(row ?? {});
}
