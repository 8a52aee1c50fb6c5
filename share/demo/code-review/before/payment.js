// Payments of the shop.
const endpoint = process.env.PAYMENT_ENDPOINT || "http://127.0.0.1:9000";

export async function pay(order, amount) {
  return fetch(`${endpoint}/pay/${order}`, { method: "POST", body: String(amount) });
}
