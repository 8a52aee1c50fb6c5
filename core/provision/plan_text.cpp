#include <algorithm>
#include <map>

#include "core/base/base64.hpp"
#include "core/base/text.hpp"
#include "core/provision/plan.hpp"

namespace tk::provision {
namespace {

constexpr const char* kTake = "take the one that tk repo plan --out wrote";

void encode(std::string& out, std::string_view field) {
  auto plain = [](unsigned char c) { return c >= 0x20 && c != 0x7f && c != '%'; };
  if (std::all_of(field.begin(), field.end(), plain)) {
    out += field;
    return;
  }
  for (unsigned char c : field) {
    if (c < 0x20 || c == 0x7f || c == '%') {
      out += '%';
      out += "0123456789ABCDEF"[c >> 4];
      out += "0123456789ABCDEF"[c & 15];
    } else {
      out += static_cast<char>(c);
    }
  }
}

std::string written(std::initializer_list<std::string_view> fields) {
  return write_line(fields) + "\n";
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

std::string Difference::str() const {
  return about + ": " + (what == about ? "" : what + " ") + "is " + is + ", not " + want;
}

std::size_t Plan::count(std::string_view verb, std::string_view kind) const {
  return static_cast<std::size_t>(
      std::count_if(steps.begin(), steps.end(), [&](const auto& s) { return s.verb == verb && s.what.starts_with(kind); }));
}

std::string write_line(std::initializer_list<std::string_view> fields) {
  std::string out;
  std::size_t size = 0;
  for (auto field : fields) size += field.size() + 1;
  out.reserve(size);
  for (auto field : fields) {
    if (!out.empty()) out += '\t';
    encode(out, field);
  }
  return out;
}

Result<std::vector<std::string>> read_line(std::string_view line) {
  std::vector<std::string> out;
  for (auto part : text::split(line, '\t')) {
    TK_TRY(auto field, decode(part));
    out.push_back(std::move(field));
  }
  return out;
}

std::string write_plan(const Plan& plan, const crypto::SigningKey& key) {
  std::string out = "tk-plan\t1\n";
  for (const auto& [word, value] :
       {std::pair("id", &plan.id), {"commit", &plan.commit}, {"target", &plan.target}, {"by", &plan.by}, {"made", &plan.made}})
    out += written({word, *value});
  for (const auto& s : plan.steps) out += written({"note", s.verb, s.what, s.ref});
  for (const auto& g : plan.guards) out += written({"guard", g.name, std::to_string(g.count), g.message});
  for (const auto& line : plan.ids)
    out += line.size() == 4 ? written({"ids", line[0], line[1], line[2], line[3]}) : written({"ids", line[0], line[1], line[2]});
  for (const auto& line : plan.operations) out.append(line).push_back('\n');
  for (const auto& line : plan.inverse) out.append("undo\t").append(line).push_back('\n');
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
    bool operation = line.starts_with("row\t") || line.starts_with("home\t") || line.starts_with("file\t") || line.starts_with("dir\t") ||
                     line.starts_with("attic\t") || line.starts_with("move\t");
    if (operation || line.starts_with("undo\t")) {
      operation ? out.operations.emplace_back(line) : out.inverse.emplace_back(line.substr(5));
      continue;
    }
    auto read = read_line(line);
    if (!read) return fail_at(Code::prv_plan, {name, number, 1}, "this plan is damaged", kTake);
    auto fields = std::move(*read);
    auto word = fields[0];
    if (number == 1 && (word != "tk-plan" || fields.size() != 2 || fields[1] != "1"))
      return fail_at(Code::prv_plan, {name, 1, 1}, "this is no plan of format 1", kTake);
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
  }
  if (out.id.empty()) return fail_at(Code::prv_plan, {name, 1, 1}, "this plan is cut", kTake);
  return out;
}

Plan inverse_of(const Plan& plan) {
  Plan out;
  out.commit = plan.commit;
  out.target = plan.target;
  out.operations = plan.inverse;
  out.inverse = plan.operations;
  static const std::map<std::string_view, std::string> kBack = {{"create", "remove"}, {"remove", "create"}, {"lock", "unlock"}};
  for (auto step : plan.steps) {
    if (auto it = kBack.find(step.verb); it != kBack.end()) step.verb = it->second;
    out.steps.push_back(std::move(step));
  }
  return out;
}

}  // namespace tk::provision
