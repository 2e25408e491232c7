#include "storage/base/reading.h"

#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/ascii.h"
#include "storage/base/name_fold.h"

namespace gi {
namespace {

// Characters of names of places and products that are also, or mostly, read otherwise than ICU reads them. Facts of the
// language; the reading of a name is a matter of its place, so all are tried.
struct OtherReading {
  UChar32 character;
  const char* letters;
};
constexpr OtherReading kOtherReadings[] = {
    {0x91cd, "chong"}, {0x957f, "chang"}, {0x957f, "zhang"}, {0x53a6, "xia"},  {0x4e50, "le"},   {0x4e50, "yue"},
    {0x90fd, "du"},    {0x884c, "hang"},  {0x671d, "chao"},  {0x8584, "bo"},   {0x67cf, "bai"},  {0x868c, "beng"},
    {0x516d, "lu"},    {0x756a, "pan"},   {0x963f, "e"},     {0x6da1, "guo"},  {0x5355, "shan"}, {0x83d8, "xin"},
    {0x85cf, "zang"},  {0x6cca, "po"},    {0x8365, "xing"},  {0x8365, "ying"}, {0x53c2, "shen"}, {0x86e4, "ge"},
    {0x6d52, "xu"},    {0x94c5, "yan"},   {0x5c09, "yu"},    {0x5733, "zhen"}, {0x5821, "bu"},   {0x5821, "bao"},
    {0x57d4, "pu"},    {0x6e11, "mian"},  {0x728d, "qian"},  {0x9752, "qing"}, {0x8304, "qie"},  {0x6c88, "shen"},
    {0x5e72, "gan"},   {0x76db, "cheng"}, {0x8c03, "tiao"},  {0x66fe, "zeng"}, {0x9ed1, "he"},   {0x4f1a, "hui"},
    {0x8f66, "che"},   {0x77f3, "shi"},   {0x5927, "da"},    {0x4ec7, "qiu"},  {0x5409, "ji"},   {0x6d17, "xian"},
    {0x4e94, "wu"},    {0x7c98, "nian"},  {0x7c98, "zhan"},  {0x6838, "he"},   {0x89d2, "jiao"}, {0x58f3, "ke"},
};

std::unique_ptr<icu::Transliterator> Make(const char* rules) {
  UErrorCode error = U_ZERO_ERROR;
  std::unique_ptr<icu::Transliterator> made(icu::Transliterator::createInstance(rules, UTRANS_FORWARD, error));
  if (U_FAILURE(error) || made == nullptr) std::abort();  // ICU's data is part of its library
  return made;
}

// The letters and digits of a text in any script.
std::string Letters(icu::UnicodeString text) {
  // An instance is not said to be safe for several threads, and takes long to make.
  thread_local const std::unique_ptr<icu::Transliterator> to_ascii = Make("Any-Latin; Latin-ASCII");
  to_ascii->transliterate(text);
  std::string ascii;
  text.toUTF8String(ascii);
  std::string letters;
  for (const char c : ascii) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c))) continue;
    const char lower = absl::ascii_tolower(static_cast<unsigned char>(c));
    letters.push_back(lower == 'v' ? 'u' : lower);
  }
  return letters;
}

using Syllables = absl::InlinedVector<std::string, 2>;

const Syllables& SyllablesOf(UChar32 character) {
  // At most as many as there are characters.
  thread_local absl::flat_hash_map<UChar32, std::unique_ptr<const Syllables>> known;
  std::unique_ptr<const Syllables>& entry = known[character];
  if (entry != nullptr) return *entry;
  Syllables made;
  std::string usual = Letters(icu::UnicodeString(character));
  if (!usual.empty()) made.push_back(std::move(usual));
  for (const OtherReading& other : kOtherReadings) {
    if (other.character == character && std::find(made.begin(), made.end(), other.letters) == made.end()) {
      made.emplace_back(other.letters);
    }
  }
  entry = std::make_unique<const Syllables>(std::move(made));
  return *entry;
}

void Extend(std::vector<Reading>& readings, const Syllables& syllables) {
  if (syllables.empty()) return;
  const size_t before = readings.size();
  for (size_t other = 1; other < syllables.size(); ++other) {
    for (size_t i = 0; i < before && readings.size() < kMaxReadings; ++i) {
      Reading copy = readings[i];
      copy.letters += syllables[other];
      copy.initials += syllables[other][0];
      readings.push_back(std::move(copy));
    }
  }
  for (size_t i = 0; i < before; ++i) {
    readings[i].letters += syllables[0];
    readings[i].initials += syllables[0][0];
  }
}

bool IsChinese(UChar32 c) { return u_hasBinaryProperty(c, UCHAR_IDEOGRAPHIC) != 0; }

}  // namespace

std::vector<Reading> ReadAloud(absl::string_view text) {
  const std::string folded = FoldName(text);
  const icu::UnicodeString source =
      icu::UnicodeString::fromUTF8(icu::StringPiece(folded.data(), static_cast<int32_t>(folded.size())));
  std::vector<Reading> readings(1);
  int32_t at = 0;
  while (at < source.length()) {
    const UChar32 c = source.char32At(at);
    int32_t end = source.moveIndex32(at, 1);
    if (IsChinese(c)) {
      Extend(readings, SyllablesOf(c));
    } else {
      while (end < source.length() && !IsChinese(source.char32At(end))) end = source.moveIndex32(end, 1);
      const std::string letters = Letters(icu::UnicodeString(source, at, end - at));
      for (Reading& reading : readings) reading.letters += letters;
    }
    at = end;
  }
  std::erase_if(readings, [](const Reading& reading) { return reading.letters.empty(); });
  for (Reading& reading : readings) {
    if (reading.initials.size() < 2) reading.initials.clear();
  }
  return readings;
}

}  // namespace gi
