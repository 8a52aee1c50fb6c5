#include <map>

#include "core/base/base64.hpp"
#include "core/base/text.hpp"
#include "core/provision/plan.hpp"

namespace tk::provision {
namespace {

std::string encode(std::string_view field) {
  std::string out;
  for (unsigned char c : field) {
    if (c < 0x20 || c == 0x7f || c == '%') {
      out += '%';
      out += "0123456789ABCDEF"[c >> 4];
      out += "0123456789ABCDEF"[c & 15];
    } else {
      out += static_cast<char>(c);
    }
  }
  return out;
}

std::string written(const Line& line) {
  std::string out;
  for (const auto& field : line) out += (out.empty() ? "" : "\t") + encode(field);
  return out + "\n";
}

Result<std::string> decode(std::string_view field) {
  std::string out;
  for (std::size_t i = 0; i < field.size(); ++i) {
    if (field[i] != '%') {
      out += field[i];
      continue;
    }
    auto digit = [&](std::size_t at) { return at < field.size() ? std::string_view("0123456789ABCDEF").find(field[at]) : std::string_view::npos; };
    auto high = digit(i + 1), low = digit(i + 2);
    if (high == std::string_view::npos || low == std::string_view::npos) return fail(Code::prv_plan, "% without two digits");
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

}  // namespace

std::string write_plan(const Plan& plan, const crypto::SigningKey& key) {
  std::string out = "tk-plan\t1\n";
  for (const auto& [word, value] :
       {std::pair("id", &plan.id), {"commit", &plan.commit}, {"target", &plan.target}, {"by", &plan.by}, {"made", &plan.made}})
    out += written({word, *value});
  for (const auto& s : plan.steps) out += written({"note", s.verb, s.what, s.ref});
  for (const auto& g : plan.guards) out += written({"guard", g.name, std::to_string(g.count), g.message});
  for (auto line : plan.ids) {
    line.insert(line.begin(), "ids");
    out += written(line);
  }
  for (const auto& line : plan.operations) out += written(line);
  for (auto line : plan.inverse) {
    line.insert(line.begin(), "undo");
    out += written(line);
  }
  auto signature = key.sign(out);
  auto view = [](const auto& bytes) { return std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()); };
  return out + "sign\t" + base64::encode(view(key.public_key())) + "\t" + base64::encode(view(signature)) + "\n";
}

Result<Plan> read_plan(const std::string& text, const std::string& name) {
  Plan out;
  int number = 0;
  for (auto line : text::split(text, '\n')) {
    ++number;
    if (line.empty()) continue;
    Line fields;
    for (auto part : text::split(line, '\t')) {
      auto field = decode(part);
      if (!field) return fail_at(Code::prv_plan, {name, number, 1}, "this plan is damaged");
      fields.push_back(std::move(*field));
    }
    auto word = fields[0];
    if (number == 1 && (word != "tk-plan" || fields.size() != 2 || fields[1] != "1"))
      return fail_at(Code::prv_plan, {name, 1, 1}, "this is no plan of format 1");
    auto value = fields.size() > 1 ? fields[1] : "";
    if (word == "id")
      out.id = value;
    else if (word == "commit")
      out.commit = value;
    else if (word == "target")
      out.target = value;
    else if (word == "by")
      out.by = value;
    else if (word == "made")
      out.made = value;
    else if (word == "note" && fields.size() == 4)
      out.steps.push_back({fields[1], fields[2], fields[3]});
    else if (word == "ids" && (fields.size() == 4 || fields.size() == 5))
      out.ids.emplace_back(fields.begin() + 1, fields.end());
    else if (word == "guard" && fields.size() == 4)
      out.guards.push_back({fields[1], fields[3], std::strtoul(fields[2].c_str(), nullptr, 10)});
    else if (word == "undo")
      out.inverse.emplace_back(fields.begin() + 1, fields.end());
    else if (word != "tk-plan" && word != "sign")
      out.operations.push_back(std::move(fields));
  }
  if (out.id.empty()) return fail_at(Code::prv_plan, {name, 1, 1}, "this plan is cut");
  return out;
}

Plan inverse_of(const Plan& plan) {
  Plan out;
  out.commit = plan.commit;
  out.target = plan.target;
  out.operations = plan.inverse;
  out.inverse.assign(plan.operations.rbegin(), plan.operations.rend());
  static const std::map<std::string_view, std::string> kBack = {{"create", "remove"}, {"remove", "create"}, {"lock", "unlock"}};
  for (auto step : plan.steps) {
    if (auto it = kBack.find(step.verb); it != kBack.end()) step.verb = it->second;
    out.steps.push_back(std::move(step));
  }
  return out;
}

}  // namespace tk::provision
