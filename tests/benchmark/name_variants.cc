#include "tests/benchmark/name_variants.h"

#include <unicode/normalizer2.h>
#include <unicode/translit.h>
#include <unicode/unistr.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <set>

#include "gi/registry/v1/division.pb.h"
#include "gi/registry/v1/indication.pb.h"
#include "google/protobuf/util/json_util.h"
#include "storage/base/name_fold.h"
#include "storage/base/reading.h"
#include "storage/base/text.h"

namespace gi::benchmark {
namespace {

std::string ToUtf8(const std::u32string& text) {
  std::string out;
  icu::UnicodeString::fromUTF32(reinterpret_cast<const UChar32*>(text.data()), static_cast<int32_t>(text.size()))
      .toUTF8String(out);
  return out;
}

size_t Below(size_t end, Random& random) { return std::uniform_int_distribution<size_t>(0, end - 1)(random); }

std::string Transliterated(absl::string_view text, const char* id) {
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<icu::Transliterator> rules(icu::Transliterator::createInstance(id, UTRANS_FORWARD, error));
  if (U_FAILURE(error)) std::abort();
  icu::UnicodeString changed =
      icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
  rules->transliterate(changed);
  std::string out;
  changed.toUTF8String(out);
  return out;
}

// A character of the same sort as the one at `at`.
char32_t Other(const std::u32string& text, size_t at, Random& random) {
  return text[at] < 0x80 ? static_cast<char32_t>('a' + Below(26, random))
                         : static_cast<char32_t>(0x4e00 + Below(0x5000, random));
}

enum class Error { kReplaced, kMissing, kAdded, kSwapped };

std::string WithError(absl::string_view name, Error error, Random& random) {
  std::u32string text = ToCodePoints(name);
  if (text.size() < 3) return "";
  const size_t at = Below(text.size() - 1, random);
  switch (error) {
    case Error::kReplaced:
      text[at] = Other(text, at, random);
      break;
    case Error::kMissing:
      text.erase(at, 1);
      break;
    case Error::kAdded:
      text.insert(at, 1, Other(text, at, random));
      break;
    case Error::kSwapped:
      std::swap(text[at], text[at + 1]);
      break;
  }
  const std::string made = ToUtf8(text);
  return made == name ? "" : made;
}

std::string Pinyin(absl::string_view name) {
  const std::vector<Reading> readings = ReadAloud(name);
  return readings.empty() || readings.front().initials.empty() ? "" : readings.front().letters;
}

std::string Changed(absl::string_view name, std::string made) { return made == name ? "" : made; }

template <class Message, class Add>
void ReadLines(const std::string& path, const char* field, Add add) {
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    Message message;
    if (!google::protobuf::util::JsonStringToMessage(line, &message).ok()) {
      std::fprintf(stderr, "%s: no %s\n", path.c_str(), field);
      std::exit(1);
    }
    add(message);
  }
}

}  // namespace

std::vector<VariantKind> VariantKinds() {
  const auto error = [](Error sort) {
    return [sort](absl::string_view name, Random& random) { return WithError(name, sort, random); };
  };
  const auto pinyin_error = [](Error sort) {
    return [sort](absl::string_view name, Random& random) { return WithError(Pinyin(name), sort, random); };
  };
  return {
      {"exact", [](absl::string_view name, Random&) { return std::string(name); }},
      {"traditional characters",
       [](absl::string_view name, Random&) { return Changed(name, Transliterated(name, "Simplified-Traditional")); }},
      {"upper case, full width",
       [](absl::string_view name, Random&) { return Transliterated(name, "Upper; Halfwidth-Fullwidth"); }},
      {"accents dropped",
       [](absl::string_view name, Random&) {
         return Changed(name, Transliterated(name, "NFD; [:Nonspacing Mark:] Remove; NFC"));
       }},
      {"beginning (2/3)",
       [](absl::string_view name, Random&) {
         const std::u32string text = ToCodePoints(name);
         return ToUtf8(text.substr(0, (text.size() * 2 + 2) / 3));
       }},
      {"end (2/3)",
       [](absl::string_view name, Random&) {
         const std::u32string text = ToCodePoints(name);
         return ToUtf8(text.substr(text.size() / 3));
       }},
      {"pinyin", [](absl::string_view name, Random&) { return Pinyin(name); }},
      {"initials",
       [](absl::string_view name, Random&) {
         const std::vector<Reading> readings = ReadAloud(name);
         return readings.empty() ? "" : readings.front().initials;
       }},
      {"one character wrong", error(Error::kReplaced)},
      {"one character missing", error(Error::kMissing)},
      {"one character too many", error(Error::kAdded)},
      {"two characters swapped", error(Error::kSwapped)},
      {"pinyin, a letter wrong", pinyin_error(Error::kReplaced)},
      {"pinyin, a letter missing", pinyin_error(Error::kMissing)},
      {"pinyin, a letter too many", pinyin_error(Error::kAdded)},
      {"pinyin, letters swapped", pinyin_error(Error::kSwapped)},
  };
}

std::vector<std::string> Names(const std::string& data_folder, size_t count) {
  std::set<std::string> names;
  ReadLines<registry::v1::CreateIndicationRequest>(
      data_folder + "/indications-eu-2020.jsonl", "indication",
      [&](const auto& request) { names.insert(request.indication().display_name()); });
  std::set<std::string> places;
  ReadLines<registry::v1::CreateDivisionRequest>(data_folder + "/divisions.jsonl", "division",
                                                 [&](const auto& request) {
                                                   for (const auto& name : request.division().names())
                                                     places.insert(name.display_name());
                                                 });
  for (const char* product :
       {"柚",   "柑橘", "茶",   "绿茶", "大米", "鸭",   "黄牛", "豆干", "蜂蜜", "红枣", "苹果", "辣椒",
        "花椒", "酒曲", "核桃", "板栗", "莲藕", "黑猪", "粉条", "木耳", "桃片", "火腿", "陶",   "竹编"}) {
    for (const std::string& place : places) {
      if (names.size() >= count) return {names.begin(), names.end()};
      names.insert(place + product);
    }
  }
  return {names.begin(), names.end()};
}

}  // namespace gi::benchmark
