#include "server/domain/reason_text.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "server/domain/title_rules.h"
#include "server/domain/uscc.h"

namespace gi::domain {
namespace {

using namespace registry::v1;

constexpr ReasonText kTexts[] = {
    {DECISION_REASON_IDENTIFIER_PERSONAL, VERDICT_UNDECIDED,
     "所填号码的形式与居民身份证号码相同,未据以查询,也未保存。自然人不在本登记之列,这并不表示自然人不得使用;"
     "请改填单位的统一社会信用代码。",
     "The number given is shaped like a resident ID; it was not looked up and is not kept. Natural persons are not "
     "registered here, which does not mean that they may not use the indication; give the code of an entity."},
    {DECISION_REASON_IDENTIFIER_INVALID, VERDICT_UNDECIDED,
     "所填号码不是统一社会信用代码[:{finding}]。[是否应为 {proposal}?]请对照营业执照核对后重新查询。",
     "The number given is not a unified social credit code[: {finding}]. [Was {proposal} meant? ]Compare it with the "
     "business licence and ask again."},
    {DECISION_REASON_AMBIGUOUS, VERDICT_UNDECIDED,
     "该编号对应多个地理标志。请从候选项中选定一个,以其资源名称重新查询。",
     "Several titles answer to this number. Choose one of the candidates and ask again by its resource name."},
    {DECISION_REASON_UNKNOWN_TITLE, VERDICT_NOT_AUTHORIZED,
     "本登记中没有该名称或编号的地理标志。未在本登记中并不等于禁止使用;请核对编号,或向主管部门查询。",
     "No title in this register answers to the name or number. That something is not in this register does not mean "
     "that "
     "its use is forbidden; check the number, or ask the authority."},
    {DECISION_REASON_UNKNOWN_ENTITY, VERDICT_NOT_AUTHORIZED,
     "本登记中没有该单位。未在本登记中并不等于禁止使用;请核对代码,或向权利人或主管部门查询。",
     "This register does not have the entity. Not being in this register does not mean that use is forbidden; check "
     "the "
     "code, or ask the holder of the title or the authority."},
    {DECISION_REASON_TITLE_NOT_IN_FORCE, VERDICT_NOT_AUTHORIZED,
     "该地理标志在 {date} 对所问商品[(限于授权 {authorization} 的范围)]不是有效状态:{state}。请向权利人了解其现状。",
     "On {date} the title is not in force for the goods asked for[, as far as grant {authorization} goes]: {state}. "
     "Ask "
     "its holder how it stands."},
    {DECISION_REASON_ENTITY_DISSOLVED, VERDICT_NOT_AUTHORIZED,
     "该单位在 {date} 已经注销或被吊销营业执照[,其业务由 {successors} 承继]。承继单位须有自己的授权,请以其代码查询。",
     "By {date} the entity was deregistered or its licence revoked[; {successors} took over business of it]. A "
     "successor "
     "needs a grant of its own: ask by its code."},
    {DECISION_REASON_REMOVED, VERDICT_NOT_AUTHORIZED,
     "授权 {authorization} 在 {date} 已被取消[,原因:{ground}]。如需使用,请重新提出申请。",
     "By {date} grant {authorization} had been removed[: {ground}]. A new one must be asked for."},
    {DECISION_REASON_SUSPENDED, VERDICT_NOT_AUTHORIZED,
     "授权 {authorization} 在 {date} 处于暂停状态。恢复的条件请向授权方了解。",
     "On {date} grant {authorization} is suspended. Ask who gave it what is needed for it to be reinstated."},
    {DECISION_REASON_EXPIRED, VERDICT_NOT_AUTHORIZED,
     "授权 {authorization} 的期限已[于 {to} ]届满。如需使用,请申请新的授权。",
     "The period of grant {authorization} is over[; its last day was {to}]. A new grant must be asked for."},
    {DECISION_REASON_NOT_YET_EFFECTIVE, VERDICT_NOT_AUTHORIZED,
     "授权 {authorization} 在 {date} 尚未生效[,其期限自 {from} 起]。请以生效之后的日期查询。",
     "On {date} grant {authorization} has not taken effect[; its period begins on {from}]. Ask for a later date."},
    {DECISION_REASON_PENDING, VERDICT_NOT_AUTHORIZED,
     "授权 {authorization} 已提出申请,在 {date} 尚未决定。请等待决定,或向受理方了解进度。",
     "Grant {authorization} was asked for and on {date} is not decided. Wait for the decision, or ask who decides."},
    {DECISION_REASON_REFUSED, VERDICT_NOT_AUTHORIZED,
     "授权 {authorization} 的申请在 {date} 之前已被驳回,理由见该授权的记录。条件改变后可重新申请。",
     "By {date} the request {authorization} had been refused; its record has the reasons. It can be made again when "
     "they "
     "no longer apply."},
    {DECISION_REASON_OUT_OF_SCOPE, VERDICT_NOT_AUTHORIZED,
     "授权 {authorization} 在 {date} 有效,但不包括所问的{dimensions}。请核对授权范围,或申请扩大范围。",
     "Grant {authorization} holds on {date}, but not for the {dimensions} asked for. Check its scope, or ask for a "
     "wider "
     "one."},
    {DECISION_REASON_NO_RECORD, VERDICT_NOT_AUTHORIZED,
     "本登记中没有该单位使用该地理标志的授权记录。未在本登记中并不等于禁止使用;请向权利人或主管部门查询。",
     "This register has no grant of this entity under this title. Not being in this register does not mean that use is "
     "forbidden; ask the holder of the title or the authority."},
    {DECISION_REASON_NAME_MISMATCH, VERDICT_UNDECIDED,
     "所填名称不是该单位在 {date} 的登记名称或别名。请核对代码与名称是否属于同一单位。",
     "The name given is no name that the entity had on {date}. Check that code and name belong to the same entity."},
    {DECISION_REASON_SOURCE_STALE, VERDICT_UNDECIDED,
     "该地理标志转录自另一登记,转录时间距 {date} 过久,不足为据。请到原登记查询。",
     "The title is mirrored from another register, and the copy is too old to rely on for {date}. Ask that register."},
    {DECISION_REASON_AUTHORIZED, VERDICT_AUTHORIZED, "授权 {authorization} 在 {date} 有效,并包括所问的全部内容。",
     "Grant {authorization} holds on {date} and covers all that was asked."},
    {DECISION_REASON_FAIR_USE_OF_NAME, VERDICT_UNSPECIFIED,
     "这是集体商标:其商品符合使用条件的非成员可以正当使用其中的地名,但不得使用该商标和专用标志。",
     "This is a collective mark: who is no member, but whose goods meet its conditions, may use the place name fairly, "
     "but "
     "neither the mark nor the logo."},
};

constexpr uint32_t kGiProduct = KindBit(INDICATION_KIND_GI_PRODUCT);
constexpr uint32_t kAgi = KindBit(INDICATION_KIND_AGI);
constexpr uint32_t kDomestic = kMarks | kGiProduct | kAgi;
constexpr TitleState kAnyState = TITLE_STATE_UNSPECIFIED;
constexpr absl::string_view kUserRules = "地理标志专用标志使用管理办法 (试行), CNIPA announcement 354 (2020)";

constexpr ReasonBasis kBases[] = {
    {DECISION_REASON_IDENTIFIER_PERSONAL, kAllKinds, kAnyState, "GB 32100-2015", true},
    {DECISION_REASON_IDENTIFIER_PERSONAL, kAllKinds, kAnyState, "实施条例 (2014) art. 4", false},
    {DECISION_REASON_IDENTIFIER_INVALID, kAllKinds, kAnyState, "GB 32100-2015", true},
    {DECISION_REASON_TITLE_NOT_IN_FORCE, kMarks, TITLE_STATE_IN_GRACE, "商标法 (2019) art. 39, art. 40", true},
    {DECISION_REASON_TITLE_NOT_IN_FORCE, kMarks, TITLE_STATE_IN_GRACE, "商标法 (2026) art. 44", true},
    {DECISION_REASON_TITLE_NOT_IN_FORCE, kMarks, TITLE_STATE_LAPSED, "商标法 (2019) art. 39, art. 40", true},
    {DECISION_REASON_TITLE_NOT_IN_FORCE, kMarks, TITLE_STATE_LAPSED, "商标法 (2026) art. 44", true},
    {DECISION_REASON_TITLE_NOT_IN_FORCE, kMarks, TITLE_STATE_REVOKED, "商标法 (2019); 商标法 (2026)", true},
    {DECISION_REASON_TITLE_NOT_IN_FORCE, kMarks, TITLE_STATE_INVALIDATED, "商标法 (2019); 商标法 (2026)", true},
    {DECISION_REASON_TITLE_NOT_IN_FORCE, kMarks, TITLE_STATE_SURRENDERED, "实施条例 (2014); 商标法 (2026)", true},
    {DECISION_REASON_TITLE_NOT_IN_FORCE, kGiProduct, kAnyState, "地理标志产品保护办法 (CNIPA Order 80)", false},
    {DECISION_REASON_TITLE_NOT_IN_FORCE, kAgi, kAnyState, "农产品地理标志管理办法 (2008)", false},
    {DECISION_REASON_REMOVED, kDomestic, kAnyState, kUserRules, false},
    // Refusing a qualified user without reason can be fined.
    {DECISION_REASON_PENDING, KindBit(INDICATION_KIND_CERTIFICATION_MARK), kAnyState, "商标法 (2026)", false},
    {DECISION_REASON_OUT_OF_SCOPE, kDomestic, kAnyState, kUserRules, false},
    {DECISION_REASON_NO_RECORD, kDomestic, kAnyState, kUserRules, false},
    {DECISION_REASON_AUTHORIZED, kDomestic, kAnyState, kUserRules, false},
    {DECISION_REASON_FAIR_USE_OF_NAME, KindBit(INDICATION_KIND_COLLECTIVE_MARK), kAnyState, "实施条例 (2014) art. 4",
     false},
};

// A value in words.
struct Words {
  int value;
  absl::string_view zh;
  absl::string_view en;
};

constexpr Words kStates[] = {
    {TITLE_STATE_PENDING, "尚未注册或认定", "not registered by then"},
    {TITLE_STATE_IN_GRACE, "有效期已满,处于续展宽展期", "its term is over, and it can still be renewed"},
    {TITLE_STATE_LAPSED, "期满未续展", "it was not renewed in time"},
    {TITLE_STATE_REVOKED, "已被撤销", "it was revoked"},
    {TITLE_STATE_INVALIDATED, "已被宣告无效,视为自始不存在",
     "it was declared invalid and is deemed never to have existed"},
    {TITLE_STATE_SURRENDERED, "已注销", "it was surrendered"},
    {TITLE_STATE_REFUSED, "申请被驳回", "its application was refused"},
};

constexpr Words kGrounds[] = {
    {REMOVAL_GROUND_NOT_TO_STANDARD, "未按标准组织生产", "production not to the standard"},
    {REMOVAL_GROUND_TWO_YEARS_UNUSED, "两年内未使用", "no use within two years"},
    {REMOVAL_GROUND_OWN_REQUEST, "使用人自行申请", "at the user's own request"},
    {REMOVAL_GROUND_OTHER, "其他原因", "another ground"},
};

constexpr Words kDimensions[] = {
    {SCOPE_DIMENSION_AREA, "产地", "place"},
    {SCOPE_DIMENSION_VARIETY, "品种", "variety"},
    {SCOPE_DIMENSION_GOODS, "商品", "goods"},
};

// Values by name, in one language.
using Values = absl::InlinedVector<std::pair<absl::string_view, std::string>, 10>;

// `text` with the values filled in; nullopt if a name in it has none.
std::optional<std::string> Substitute(absl::string_view text, const Values& values) {
  std::string out;
  for (size_t open = text.find('{'); open != absl::string_view::npos; open = text.find('{')) {
    const size_t close = text.find('}', open);
    const absl::string_view name = text.substr(open + 1, close - open - 1);
    absl::StrAppend(&out, text.substr(0, open));
    bool found = false;
    for (const auto& [key, value] : values) {
      if (key != name || value.empty()) continue;
      absl::StrAppend(&out, value);
      found = true;
    }
    if (!found) return std::nullopt;
    text.remove_prefix(close + 1);
  }
  absl::StrAppend(&out, text);
  return out;
}

// As Substitute, with parts in [ ] left out that lack a value. A value lacking elsewhere is shown as "?".
std::string Fill(absl::string_view text, const Values& values) {
  Values all = values;
  for (auto& [name, value] : all) value = value.empty() ? "?" : value;
  std::string out;
  while (!text.empty()) {
    const size_t open = text.find('[');
    absl::StrAppend(&out, Substitute(text.substr(0, open), all).value_or(""));
    if (open == absl::string_view::npos) break;
    const size_t close = text.find(']', open);
    absl::StrAppend(&out, Substitute(text.substr(open + 1, close - open - 1), values).value_or(""));
    text.remove_prefix(close + 1);
  }
  return out;
}

std::string InWords(absl::Span<const Words> table, int value, bool zh) {
  for (const Words& words : table) {
    if (words.value == value) return std::string(zh ? words.zh : words.en);
  }
  return "";
}

std::string DimensionsInWords(const ReasonDetail& detail, bool zh) {
  std::string out;
  for (const int dimension : detail.dimensions()) {
    absl::StrAppend(&out, out.empty() ? "" : zh ? "、" : ", ", InWords(kDimensions, dimension, zh));
  }
  return out;
}

Values ValuesOf(const TextFacts& facts, const ReasonDetail& detail, bool zh) {
  std::string successors;
  for (const std::string& successor : detail.successors()) {
    absl::StrAppend(&successors, successors.empty() ? "" : zh ? "、" : ", ", successor);
  }
  const Period none;
  const Period& validity = facts.grant != nullptr ? facts.grant->validity() : none;
  return {{"date", FormatDay(facts.date)},
          {"state", InWords(kStates, detail.title_state(), zh)},
          {"ground", InWords(kGrounds, detail.ground(), zh)},
          {"dimensions", DimensionsInWords(detail, zh)},
          {"authorization", detail.authorization()},
          {"successors", std::move(successors)},
          {"from", FormatDate(validity.from())},
          {"to", FormatDate(validity.to())},
          {"finding", std::string(UsccFinding(detail.uscc_verdict(), zh ? Language::kChinese : Language::kEnglish))},
          {"proposal", detail.proposal()}};
}

const ReasonText* Find(DecisionReason reason) {
  for (const ReasonText& text : kTexts) {
    if (text.reason == reason) return &text;
  }
  return nullptr;
}

}  // namespace

absl::Span<const ReasonText> ReasonTexts() { return kTexts; }
absl::Span<const ReasonBasis> ReasonBases() { return kBases; }

Verdict VerdictOf(DecisionReason reason) {
  const ReasonText* text = Find(reason);
  return text == nullptr ? VERDICT_UNSPECIFIED : text->verdict;
}

void FillTexts(const TextFacts& facts, ReasonDetail& detail) {
  const ReasonText* text = Find(detail.reason());
  if (text == nullptr) return;
  detail.set_text_zh(Fill(text->zh, ValuesOf(facts, detail, true)));
  detail.set_text_en(Fill(text->en, ValuesOf(facts, detail, false)));
  detail.clear_legal_basis();
  for (const ReasonBasis& row : kBases) {
    if (row.reason != detail.reason() || (row.kinds & KindBit(facts.kind)) == 0) continue;
    if (row.state != kAnyState && row.state != detail.title_state()) continue;
    LegalBasis& basis = *detail.add_legal_basis();
    basis.set_source(std::string(row.source));
    basis.set_verified(row.verified);
  }
}

}  // namespace gi::domain
