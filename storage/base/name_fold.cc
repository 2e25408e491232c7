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
    {0x9eaa, 0x9762},  // 麪 面
    {0x5869, 0x76d0},  // 塩 盐
    {0x9d8f, 0x9e21},  // 鶏 鸡
    {0x9c15, 0x867e},  // 鰕 虾
    {0x7cc9, 0x7cbd},  // 糉 粽
    {0x9939, 0x7cd6},  // 餹 糖
    {0x9c53, 0x9cdd},  // 鱓 鳝
    {0x8318, 0x8354},  // 茘 荔
    {0x67df, 0x6960},  // 柟 楠
    {0x6a1d, 0x6942},  // 樝 楂
    {0x84f4, 0x83bc},  // 蓴 莼
    {0x79d4, 0x7cb3},  // 秔 粳
    {0x7a09, 0x7cb3},  // 稉 粳
    {0x7ce5, 0x7cef},  // 糥 糯
    {0x7a2c, 0x7cef},  // 稬 糯
    {0x7a64, 0x7cef},  // 穤 糯
    {0x5cef, 0x5cf0},  // 峯 峰
    {0x5dbd, 0x5cb3},  // 嶽 岳
    {0x8c3f, 0x6eaa},  // 谿 溪
    {0x90a8, 0x6751},  // 邨 村
    {0x73ce, 0x73cd},  // 珎 珍
    {0x6936, 0x68d5},  // 椶 棕
    {0x6822, 0x67cf},  // 栢 柏
    {0x6973, 0x6885},  // 楳 梅
    {0x69d1, 0x6885},  // 槑 梅
    {0x7f97, 0x7f8c},  // 羗 羌
    {0x8358, 0x5e84},  // 荘 庄
    {0x9df0, 0x71d5},  // 鷰 燕
    {0x9c7b, 0x9c9c},  // 鱻 鲜
    {0x8613, 0x82cf},  // 蘓 苏
    {0x6854, 0x6a58},  // 桔 橘
    {0x6ed9, 0x6c47},  // 滙 汇
    {0x672e, 0x672f},  // 朮 术
    {0x84e1, 0x53c2},  // 蓡 参
    {0x8460, 0x53c2},  // 葠 参
    {0x8518, 0x53c2},  // 蔘 参
    {0x7adc, 0x9f99},  // 竜 龙
    {0x6c37, 0x51b0},  // 氷 冰
    {0x6ff6, 0x9614},  // 濶 阔
    {0x6801, 0x67f3},  // 栁 柳
    {0x687a, 0x67f3},  // 桺 柳
    {0x7567, 0x7565},  // 畧 略
    {0x885e, 0x536b},  // 衞 卫
    {0x6c5a, 0x6c61},  // 汚 污
    {0x6d44, 0x51c0},  // 浄 净
    {0x9ed2, 0x9ed1},  // 黒 黑
    {0x7575, 0x753b},  // 畵 画
    {0x79cc, 0x79cb},  // 秌 秋
    {0x7fae, 0x7fb9},  // 羮 羹
    {0x8278, 0x8349},  // 艸 草
    {0x880f, 0x87f9},  // 蠏 蟹
    {0x86ab, 0x9c8d},  // 蚫 鲍
    {0x918e, 0x54b8},  // 醎 咸
    {0x9295, 0x94c1},  // 銕 铁
    {0x945b, 0x77ff},  // 鑛 矿
    {0x9920, 0x997c},  // 餠 饼
    {0x99bf, 0x9a74},  // 馿 驴
    {0x9751, 0x9752},  // 靑 青
    {0x9682, 0x9634},  // 隂 阴
    {0x96a3, 0x90bb},  // 隣 邻
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
