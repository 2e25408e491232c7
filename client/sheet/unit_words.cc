#include "client/sheet/unit_words.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "storage/base/text.h"

namespace gi::client::sheet {
namespace {

using namespace registry::v1;

struct UnitWord {
  absl::string_view word;
  Unit unit;
  // What it is a unit of: area, mass, money, or a count of things.
  char of;
};
// Longer words before those that they begin with.
constexpr UnitWord kUnits[] = {
    {"平方公里", UNIT_SQUARE_KILOMETRE, 'a'},
    {"平方千米", UNIT_SQUARE_KILOMETRE, 'a'},
    {"km2", UNIT_SQUARE_KILOMETRE, 'a'},
    {"平方米", UNIT_SQUARE_METRE, 'a'},
    {"平米", UNIT_SQUARE_METRE, 'a'},
    {"m2", UNIT_SQUARE_METRE, 'a'},
    {"公顷", UNIT_HECTARE, 'a'},
    {"hm2", UNIT_HECTARE, 'a'},
    {"ha", UNIT_HECTARE, 'a'},
    {"亩", UNIT_MU, 'a'},
    {"吨", UNIT_TONNE, 'm'},
    {"t", UNIT_TONNE, 'm'},
    {"公斤", UNIT_KILOGRAM, 'm'},
    {"千克", UNIT_KILOGRAM, 'm'},
    {"kg", UNIT_KILOGRAM, 'm'},
    {"市斤", UNIT_JIN, 'm'},
    {"斤", UNIT_JIN, 'm'},
    {"克", UNIT_GRAM, 'm'},
    {"g", UNIT_GRAM, 'm'},
    {"元人民币", UNIT_YUAN, 'y'},
    {"人民币元", UNIT_YUAN, 'y'},
    {"人民币", UNIT_YUAN, 'y'},
    {"元", UNIT_YUAN, 'y'},
    {"户", UNIT_HOUSEHOLD, 'h'},
    {"家", UNIT_ORGANISATION, 'o'},
    {"个", UNIT_ORGANISATION, 'o'},
    {"头", UNIT_HEAD, 'l'},
    {"只", UNIT_HEAD, 'l'},
    {"羽", UNIT_HEAD, 'l'},
    {"件", UNIT_PIECE, 'p'},
    {"幅", UNIT_PIECE, 'p'},
    {"株", UNIT_PLANT, 't'},
    {"人", UNIT_PERSON, 'n'},
};
// What words for units have in them, known ones and others.
constexpr absl::string_view kSignsOfUnits[] = {"亩",   "顷",   "平方", "平米", "公里", "斤", "吨",   "克",  "元",  "担",
                                               "立方", "公升", "万",   "亿",   "kg",   "km", "acre", "ton", "kilo"};
// One character in brackets is a word for counting, unless it is one of these: （新）.
constexpr absl::string_view kNoUnits = "年月季日新旧全总净毛干鲜湿含实估计甲乙丙丁大小前后";
// What follows the unit of a rate by time.
constexpr absl::string_view kTimes[] = {"/年", "/季", "/月"};

constexpr std::pair<absl::string_view, Magnitude> kMagnitudes[] = {
    {"百万", MAGNITUDE_MILLION}, {"万", MAGNITUDE_TEN_THOUSAND}, {"亿", MAGNITUDE_HUNDRED_MILLION},
    {"千", MAGNITUDE_THOUSAND},  {"百", MAGNITUDE_HUNDRED},
};

// What the names of authorities and firms end in: 填报单位：元坝镇.
constexpr absl::string_view kOrganisations[] = {"区", "县", "镇", "乡", "村", "街道", "委",   "局", "厅", "厂", "社",
                                                "司", "府", "站", "会", "所", "组",   "中心", "场", "部", "院"};

constexpr absl::string_view kUnitLabel = "单位";

bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }

bool TakeUnit(absl::string_view& text, Unit& unit) {
  for (const UnitWord& row : kUnits) {
    if (!absl::ConsumePrefix(&text, row.word)) continue;
    unit = row.unit;
    return true;
  }
  return false;
}

// UNSPECIFIED: it is none. `text`: folded.
Unit UnitOf(absl::string_view text) {
  Quantity measure;
  return !text.empty() && TakeMeasure(text, measure) ? measure.unit() : UNIT_UNSPECIFIED;
}

std::string WithPlainBrackets(absl::string_view folded) {
  return absl::StrReplaceAll(folded, {{"[", "("}, {"]", ")"}, {"【", "("}, {"】", ")"}, {"〔", "("}, {"〕", ")"}});
}

// A rate by time has the unit of the quantity: 公斤/年.
absl::string_view WithoutTime(absl::string_view unit) {
  for (const absl::string_view time : kTimes) absl::ConsumeSuffix(&unit, time);
  return unit;
}

// `text`: folded.
bool SeemsUnit(absl::string_view text) {
  constexpr size_t kLongestCode = 3;
  if (text.empty()) return false;
  if (UnitOf(text) != UNIT_UNSPECIFIED) return true;
  if (std::any_of(std::begin(kSignsOfUnits), std::end(kSignsOfUnits),
                  [&](absl::string_view sign) { return absl::StrContains(text, sign); })) {
    return true;
  }
  const auto is_letter = [](unsigned char c) { return absl::ascii_isalpha(c); };
  if (std::all_of(text.begin(), text.end(), is_letter)) return text.size() <= kLongestCode;
  const bool is_ascii = static_cast<unsigned char>(text[0]) < 0x80;
  return !is_ascii && CountChars(text) == 1 && !absl::StrContains(kNoUnits, text);
}

bool IsOrganisation(absl::string_view text) {
  constexpr size_t kShortest = 3;
  return CountChars(text) >= kShortest && std::any_of(std::begin(kOrganisations), std::end(kOrganisations),
                                                      [&](absl::string_view end) { return absl::EndsWith(text, end); });
}

absl::string_view WithoutNumber(absl::string_view text) {
  while (!text.empty() && (IsDigit(text[0]) || text[0] == '.')) text.remove_prefix(1);
  return text;
}

// Folded, with one space between words, and one sign for each kind of sign.
std::string PlainLine(absl::string_view line) {
  const std::string spaced = absl::StrReplaceAll(line, {{"\u3000", " "}, {"\u00a0", " "}});
  std::vector<std::string> words;
  for (const absl::string_view word : absl::StrSplit(spaced, absl::ByAnyChar(" \t\r\n"), absl::SkipEmpty())) {
    words.push_back(FoldText(word));
  }
  const std::string signs = absl::StrReplaceAll(
      absl::StrJoin(words, " "),
      {{"单 位", "单位"}, {"、", ","}, {"。", ";"}, {"∶", ":"}, {"︰", ":"}, {"units:", "单位:"}, {"unit:", "单位:"}});
  return WithPlainBrackets(absl::StrReplaceAll(signs, {{"单位为", "单位:"},
                                                       {"单位是", "单位:"},
                                                       {"单位均为", "单位:"},
                                                       {"单位统一为", "单位:"},
                                                       {"单位—", "单位:"},
                                                       {"单位-", "单位:"}}));
}

// Reads a line from left to right: labels with colons, and what follows each of them. Text is as PlainLine makes it.
class LineReader {
 public:
  std::vector<UnitStatement> Read(absl::string_view text) {
    // Text between brackets stands apart; so do sentences.
    bool in_brackets = false;
    size_t begin = 0;
    for (size_t i = 0; i <= text.size(); ++i) {
      const bool is_end = i == text.size() || text[i] == '(' || text[i] == ')' || text[i] == ';';
      if (!is_end) continue;
      Sentence(text.substr(begin, i - begin), in_brackets);
      in_brackets = i < text.size() && text[i] != ';' ? text[i] == '(' : in_brackets;
      begin = i + 1;
    }
    // A line of nothing but units: 亩、吨.
    if (statements_.empty() && !other_words_) {
      for (std::string& unit : bare_) statements_.push_back({"", std::move(unit)});
    }
    return std::move(statements_);
  }

 private:
  void Sentence(absl::string_view sentence, bool in_brackets) {
    const std::vector<absl::string_view> parts = absl::StrSplit(sentence, absl::ByAnyChar(", "), absl::SkipEmpty());
    if (parts.empty()) return;
    if (in_brackets && just_added_ && parts.size() == 1 && !absl::StrContains(sentence, ':') && !SeemsUnit(parts[0]) &&
        !Says(parts[0])) {
      // "单位：公顷（面积）".
      statements_.back().of = std::string(parts[0]);
      return;
    }
    // "单位：公顷；公斤" goes on where it was.
    const bool goes_on = absl::EndsWith(label_, kUnitLabel) &&
                         std::all_of(parts.begin(), parts.end(), [](absl::string_view part) { return IsUnit(part); });
    if (!goes_on) label_.clear();
    just_added_ = false;
    for (absl::string_view part : parts) {
      const size_t colon = part.rfind(':');
      if (colon != absl::string_view::npos) {
        label_ = std::string(part.substr(0, colon));
        part.remove_prefix(colon + 1);
      } else if (part == kUnitLabel || part == "计量单位") {
        label_ = std::string(part);
        continue;
      }
      if (!part.empty() && !Says(part)) Part(part, in_brackets);
    }
  }

  // "产量以公斤为单位", "产量按公斤统计", "产值为元", "单位公顷". True: it was one of these.
  bool Says(absl::string_view part) {
    absl::string_view unit = part;
    if (absl::ConsumePrefix(&unit, kUnitLabel) && IsUnit(unit)) {
      Add("", unit);
      return true;
    }
    for (const absl::string_view by : {"以", "按"}) {
      const size_t at = part.find(by);
      if (at == absl::string_view::npos) continue;
      const absl::string_view rest = part.substr(at + by.size());
      for (const absl::string_view end : {"为单位", "为计量单位", "统计", "计", "填", "核算", "上报", "为准", "折算"}) {
        const size_t size = rest.find(end);
        if (size == 0 || size == absl::string_view::npos || !SeemsUnit(rest.substr(0, size)) ||
            CountChars(rest.substr(0, size)) > kLongestUnit) {
          continue;
        }
        Add(WithoutNumber(part.substr(0, at)), rest.substr(0, size));
        return true;
      }
    }
    constexpr absl::string_view kIs = "为";
    const size_t at = part.find(kIs);
    if (at == 0 || at == absl::string_view::npos || !IsUnit(part.substr(at + kIs.size()))) return false;
    statements_.push_back(
        {std::string(WithoutNumber(part.substr(0, at))), std::string(part.substr(at + kIs.size())), true});
    other_words_ = true;
    return true;
  }

  void Part(absl::string_view part, bool in_brackets) {
    // "注:产量单位" as "产量单位", "1.面积单位" as "面积单位".
    absl::string_view label = WithoutNumber(absl::string_view(label_).substr(label_.rfind(':') + 1));
    const bool fits = SeemsUnit(part) && !IsOrganisation(part) && CountChars(part) <= kLongestUnit &&
                      part.find_first_of("0123456789") == absl::string_view::npos;
    if (absl::ConsumeSuffix(&label, kUnitLabel)) {
      absl::ConsumeSuffix(&label, "计量");
      UnitsOf(label, part, fits);
    } else if (!label.empty()) {
      if (fits || IsUnit(part)) statements_.push_back({std::string(label), std::string(part), true});
      other_words_ = true;
    } else if (in_brackets && IsUnit(part)) {
      Add("", part);
    } else if (IsUnit(part)) {
      bare_.emplace_back(part);
    } else {
      other_words_ = true;
    }
  }

  // What stands behind 单位: a unit, several with slashes between them, or something else.
  void UnitsOf(absl::string_view label, absl::string_view part, bool fits) {
    constexpr size_t kFewestOfList = 3;
    const std::vector<absl::string_view> parts = absl::StrSplit(part, '/');
    const bool all_units = std::all_of(parts.begin(), parts.end(), [](absl::string_view one) { return IsUnit(one); });
    if (parts.size() >= kFewestOfList && all_units) {
      for (const absl::string_view one : parts) Add(label, one);
    } else if (fits || all_units) {
      // Of two with a slash, the one may be by the other: 公斤/亩.
      Add(label, part);
    }
  }

  void Add(absl::string_view of, absl::string_view unit) {
    statements_.push_back({std::string(of), std::string(unit), false});
    just_added_ = true;
  }

  static constexpr size_t kLongestUnit = 5;

  std::string label_;
  std::vector<std::string> bare_;
  bool other_words_ = false, just_added_ = false;
  std::vector<UnitStatement> statements_;
};

}  // namespace

bool TakeMeasure(absl::string_view text, Quantity& quantity) {
  Unit unit = UNIT_UNSPECIFIED;
  // "千克" is a unit, "千" a magnitude.
  if (TakeUnit(text, unit)) {
    quantity.set_unit(unit);
    return text.empty();
  }
  for (const auto& [word, magnitude] : kMagnitudes) {
    if (!absl::ConsumePrefix(&text, word)) continue;
    quantity.set_magnitude(magnitude);
    break;
  }
  if (!absl::ConsumePrefix(&text, "余")) absl::ConsumePrefix(&text, "多");
  if (TakeUnit(text, unit)) quantity.set_unit(unit);
  return text.empty();
}

bool IsUnit(absl::string_view text) { return UnitOf(FoldText(text)) != UNIT_UNSPECIFIED; }

bool AreAlike(absl::string_view unit, absl::string_view other) {
  const auto kind = [](Unit one) {
    const auto found =
        std::find_if(std::begin(kUnits), std::end(kUnits), [&](const auto& row) { return row.unit == one; });
    return found == std::end(kUnits) ? '\0' : found->of;
  };
  const char one = kind(UnitOf(FoldText(unit)));
  return one != '\0' && one == kind(UnitOf(FoldText(other)));
}

bool LooksLikeUnit(absl::string_view text) { return SeemsUnit(FoldText(text)); }

std::string UnitInCell(absl::string_view cell) {
  const std::string folded = absl::StrReplaceAll(WithPlainBrackets(FoldText(cell)), {{"(", ""}, {")", ""}});
  const absl::string_view unit = WithoutTime(folded);
  return SeemsUnit(unit) ? std::string(unit) : "";
}

ColumnUnit UnitOfWords(const std::vector<std::string>& words) {
  ColumnUnit found;
  bool clear = true;
  for (const std::string& word : words) {
    if (word == found.unit) continue;
    clear &= found.unit.empty() && UnitOf(word) != UNIT_UNSPECIFIED;
    found.unit = word;
  }
  return clear ? found : ColumnUnit{"", absl::StrJoin(words, "、")};
}

ColumnUnit UnitInHead(absl::string_view given) {
  // Brackets of any kind, one after the other, and what follows a slash.
  const std::string head = WithPlainBrackets(FoldText(given));
  std::vector<std::string> words;
  const auto look = [&](absl::string_view inside) {
    const std::string same = absl::StrReplaceAll(inside, {{"、", ","}, {";", ","}, {":", ","}, {"。", ","}});
    for (absl::string_view part : absl::StrSplit(same, ',', absl::SkipEmpty())) {
      part = WithoutTime(part);
      if (SeemsUnit(part)) words.emplace_back(part);
    }
  };
  size_t end = 0;
  for (size_t open = head.find('('); open != head.npos; open = head.find('(', end)) {
    end = std::min(head.find(')', open), head.size());
    look(absl::string_view(head).substr(open + 1, end - open - 1));
  }
  const absl::string_view plain = WithoutTime(head);
  if (const size_t slash = plain.rfind('/'); slash != plain.npos && slash >= end) look(plain.substr(slash + 1));
  return UnitOfWords(words);
}

std::string HeadBeforeUnit(absl::string_view form, std::string& unit) {
  constexpr absl::string_view kBetween[] = {"_", "-", "|", ",", "、", "—"};
  constexpr size_t kLongestUnit = sizeof("万平方公里") - 1;
  const absl::string_view plain = WithoutTime(form);
  // Behind a slash there may be one that is not known.
  const size_t slash = plain.rfind('/');
  if (slash != absl::string_view::npos && SeemsUnit(plain.substr(slash + 1))) {
    unit = std::string(plain.substr(slash + 1));
    return std::string(plain.substr(0, slash));
  }
  // The longest end that is one: 万亩, not 亩.
  for (size_t at = plain.size() > kLongestUnit ? plain.size() - kLongestUnit : 1; at < plain.size(); ++at) {
    const absl::string_view end = plain.substr(at);
    if (UnitOf(end) == UNIT_UNSPECIFIED) continue;
    absl::string_view before = plain.substr(0, at);
    const bool apart = std::any_of(std::begin(kBetween), std::end(kBetween),
                                   [&](absl::string_view between) { return absl::ConsumeSuffix(&before, between); });
    // "output" does not end in tonnes.
    if (!apart && absl::ascii_isalnum(static_cast<unsigned char>(end[0]))) continue;
    unit = std::string(end);
    return std::string(before);
  }
  return "";
}

std::vector<UnitStatement> UnitStatementsIn(absl::string_view line) {
  const std::string plain = PlainLine(line);
  std::vector<UnitStatement> said = LineReader().Read(plain);
  // "单 位 ： 公 顷".
  if (said.empty() && absl::StrContains(plain, ' ')) {
    said = LineReader().Read(absl::StrReplaceAll(plain, {{" ", ""}}));
  }
  return said;
}

}  // namespace gi::client::sheet
