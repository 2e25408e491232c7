#include "storage/base/name_fold.h"

#include <unicode/normalizer2.h>
#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

#include "storage/base/text.h"

namespace gi {
namespace {

// Letters that Unicode does not take apart into a letter and an accent.
struct Letter {
  UChar32 from;
  const char* to;
};
constexpr Letter kLetters[] = {{0xe6, "ae"}, {0xf0, "d"},  {0xf8, "o"},  {0xfe, "th"},  {0x111, "d"},
                               {0x127, "h"}, {0x131, "i"}, {0x142, "l"}, {0x153, "oe"}, {0x167, "t"}};

// Variant characters that ICU's table of traditional characters does not have, or maps elsewhere: the variant, its
// usual form. Facts of the Unihan database (kSemanticVariant, kSpecializedSemanticVariant, kZVariant); not compared one
// by one with its present version.
struct Variant {
  UChar32 from;
  UChar32 to;
};
constexpr Variant kVariants[] = {
    {0x7cac, 0x66f2},  // 粬 曲
    {0x9eaf, 0x66f2},  // 麯 曲
    {0x9eb4, 0x66f2},  // 麴 曲
    {0x9eb9, 0x66f2},  // 麹 曲
    {0x9d28, 0x9e2d},  // 鴨 鸭
    {0x9d5d, 0x9e45},  // 鵝 鹅
    {0x9d5e, 0x9e45},  // 鵞 鹅
};

const icu::Transliterator& ToSimplified() {
  // An instance is not said to be safe for several threads, and takes long to make.
  thread_local const std::unique_ptr<icu::Transliterator> instance = [] {
    UErrorCode error = U_ZERO_ERROR;
    std::unique_ptr<icu::Transliterator> made(
        icu::Transliterator::createInstance("Traditional-Simplified", UTRANS_FORWARD, error));
    if (U_FAILURE(error) || made == nullptr) std::abort();  // ICU's data is part of its library
    return made;
  }();
  return *instance;
}

const icu::Normalizer2& Nfd() {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* instance = icu::Normalizer2::getNFDInstance(error);
  if (instance == nullptr) std::abort();
  return *instance;
}

bool LosesAccents(UScriptCode script) {
  return script == USCRIPT_LATIN || script == USCRIPT_GREEK || script == USCRIPT_CYRILLIC;
}

bool IsPunctuation(UChar32 c) {
  const uint32_t mask = U_GET_GC_MASK(c);
  return (mask & (U_GC_P_MASK | U_GC_SK_MASK | U_GC_CF_MASK | U_GC_Z_MASK)) != 0;
}

void AppendFolded(UChar32 c, icu::UnicodeString& out) {
  const auto letter =
      std::find_if(std::begin(kLetters), std::end(kLetters), [c](const Letter& l) { return l.from == c; });
  if (letter != std::end(kLetters)) {
    out.append(icu::UnicodeString(letter->to, -1, US_INV));
    return;
  }
  const auto variant =
      std::find_if(std::begin(kVariants), std::end(kVariants), [c](const Variant& v) { return v.from == c; });
  out.append(variant != std::end(kVariants) ? variant->to : c);
}

}  // namespace

std::string FoldName(absl::string_view text) {
  if (!IsValidUtf8(text)) return std::string(text);
  const std::string folded = FoldText(text);
  icu::UnicodeString source =
      icu::UnicodeString::fromUTF8(icu::StringPiece(folded.data(), static_cast<int32_t>(folded.size())));
  ToSimplified().transliterate(source);
  UErrorCode error = U_ZERO_ERROR;
  source = Nfd().normalize(source, error);
  icu::UnicodeString out;
  UScriptCode base = USCRIPT_UNKNOWN;
  for (int32_t i = 0; i < source.length(); i = source.moveIndex32(i, 1)) {
    const UChar32 c = source.char32At(i);
    const bool mark = u_charType(c) == U_NON_SPACING_MARK;
    if (!mark) base = uscript_getScript(c, &error);
    if (IsPunctuation(c) || (mark && LosesAccents(base))) continue;
    AppendFolded(c, out);
  }
  out = icu::Normalizer2::getNFCInstance(error)->normalize(out, error);
  std::string name;
  out.toUTF8String(name);
  return name;
}

}  // namespace gi
