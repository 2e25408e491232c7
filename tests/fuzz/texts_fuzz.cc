// Parsers of the texts in a request: codes, dates, UUIDs, names, decimal numbers, personal shapes, folding.
//
// Input: the text.
#include <string>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "server/domain/division.h"
#include "server/domain/personal_data.h"
#include "server/domain/resource_name.h"
#include "server/domain/survey/quantity.h"
#include "server/domain/uscc.h"
#include "storage/base/date.h"
#include "storage/base/error.h"
#include "storage/base/text.h"
#include "storage/base/uuid.h"
#include "storage/registry/title_number.h"
#include "tests/fuzz/fuzz.h"

namespace gi::fuzz {
namespace {

// Two divisions, so that both sides of every question come up.
bool Known(absl::string_view code) { return code == "500155" || code == "512224"; }

void JudgeUscc(absl::string_view text) {
  const domain::UsccJudgement judgement = domain::ClassifyUscc(text, Known);
  FUZZ_CHECK(registry::v1::UsccVerdict_IsValid(judgement.verdict) && judgement.verdict != 0);
  FUZZ_CHECK(IsValidUtf8(judgement.masked));
  FUZZ_CHECK(
      absl::c_none_of(judgement.masked, [](char c) { return absl::ascii_iscntrl(static_cast<unsigned char>(c)); }));
  if (!judgement.proposal.empty()) {
    FUZZ_CHECK(domain::IsUsableUscc(domain::ClassifyUscc(judgement.proposal, Known).verdict));
    FUZZ_CHECK(!domain::HasResidentIdShape(judgement.proposal));
  }
  const auto code = domain::Uscc::Parse(text, "uscc", Known, domain::LegacyUscc::kAccept);
  FUZZ_CHECK(code.ok() == domain::IsUsableUscc(judgement.verdict));
  if (!code.ok()) return;
  FUZZ_CHECK(code->text() == judgement.normalized && code->text().size() == 18);
  FUZZ_CHECK(code->division().size() == 6 && code->organisation_code().size() == 9);
  FUZZ_CHECK(domain::Uscc::Parse(code->text(), "uscc", Known, domain::LegacyUscc::kAccept).value() == *code);
  (void)domain::FindUsccPrefix(code->text());
}

void ParseCodes(absl::string_view text) {
  const auto division = domain::DivisionCode::Parse(text, "code");
  if (division.ok()) {
    FUZZ_CHECK(domain::DivisionCode::Parse(division->text(), "code").value() == *division);
    for (auto parent = division->Parent(); parent; parent = parent->Parent())
      FUZZ_CHECK(parent->level() < division->level());
  }
  const auto date = ParseDate(text);
  if (date.ok()) FUZZ_CHECK(FormatDate(*date) == text && FormatDay(*ToDay(*date)) == text);
  const auto uuid = ParseUuid(text);
  if (uuid) FUZZ_CHECK(uuid->size() == 16 && FormatUuid(*uuid) == absl::AsciiStrToLower(text));
  FUZZ_CHECK(ParseUuid(UuidOf(text)).has_value());
}

void ParseNames(absl::string_view text) {
  for (const absl::string_view collection : {domain::kEntityCollection, domain::kDivisionCollection}) {
    FieldViolations violations;
    const std::string id = domain::IdOfName(text, collection, "name", violations);
    FUZZ_CHECK(id.empty() || (domain::IsResourceId(id) && domain::ResourceName(collection, id) == text));
    FUZZ_CHECK(id.empty() == !violations.empty() || text.empty());
  }
  FUZZ_CHECK(!domain::IsResourceId(text) || text.size() <= 63);
}

void FindPersonal(absl::string_view text) {
  const auto shape = domain::FindPersonalShape(text, Known);
  if (!shape) return;
  FUZZ_CHECK(!shape->masked.empty() && IsValidUtf8(shape->masked));
  // What is masked is not found again.
  FUZZ_CHECK(!domain::FindPersonalShape(shape->masked, Known));
  FUZZ_CHECK(!domain::PersonalKindName(shape->kind, Language::kEnglish).empty());
}

void Fold(absl::string_view text) {
  const bool valid = IsValidUtf8(text);
  FUZZ_CHECK(valid || HasControlCharacters(text));
  FUZZ_CHECK(CountChars(text) <= text.size());
  (void)AsciiOutline(text);
  (void)DisplayWidth(text);
  (void)NormalizeIdentifier(text);
  (void)IsBlank(text);
  FUZZ_CHECK(Excerpt(text).size() <= 60 + 3 && IsValidUtf8(Excerpt(text)));
  (void)Mask(text);
  if (!valid) return;
  const std::string normal = NormalizeText(text);
  FUZZ_CHECK(IsValidUtf8(normal) && NormalizeText(normal) == normal);
  FUZZ_CHECK(normal.empty() == IsBlank(text));
  FUZZ_CHECK(IsValidUtf8(FoldText(text)));
  FUZZ_CHECK(IsValidUtf8(registry::NumberLookupForm(text)));
}

void ParseNumbers(absl::string_view text) {
  const auto number = domain::ParseDecimal(text, true);
  if (!number) return;
  const std::string written = domain::FormatExactly(*number);
  const auto again = domain::ParseDecimal(written, true);
  FUZZ_CHECK(again && *again == *number && domain::FormatExactly(*again) == written);
}

}  // namespace
}  // namespace gi::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  gi::fuzz::Input input(data, size);
  const absl::string_view text = input.Rest();
  gi::fuzz::JudgeUscc(text);
  gi::fuzz::ParseCodes(text);
  gi::fuzz::ParseNames(text);
  gi::fuzz::FindPersonal(text);
  gi::fuzz::Fold(text);
  gi::fuzz::ParseNumbers(text);
  return 0;
}
