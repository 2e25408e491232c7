#include "server/service/read.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace gi::service {

Day BusinessDate(bool has_date, const registry::v1::Date& date, const registry::Registry& registry) {
  if (has_date) {
    if (const std::optional<Day> day = ToDay(date)) return *day;
  }
  return DayInShanghai(registry.Now());
}

absl::Status NotFound(absl::string_view name) {
  return MakeError(ErrorReason::ERROR_REASON_RESOURCE_NOT_FOUND, {{"name", domain::EchoValue(name)}});
}

absl::StatusOr<Page> OpenPage(const registry::Registry& registry, const rpc::CallContext& context,
                              const google::protobuf::Message& request, int32_t page_size,
                              const std::string& page_token, registry::ReadView first_view, Day first_date) {
  const size_t limit = static_cast<size_t>(page_size == 0 ? kDefaultPageSize : std::min(page_size, kMaxPageSize));
  const std::string query = QueryDigest(context.method, request);
  if (page_token.empty()) {
    storage::v1::PageToken token;
    token.set_query(query);
    token.set_caller(context.caller.agency);
    token.set_revision(first_view.revision().value);
    token.set_history_id(first_view.history_id());
    token.set_business_day(first_date.value);
    return Page{std::move(first_view), first_date, limit, std::move(token)};
  }
  ASSIGN_OR_RETURN(storage::v1::PageToken token, OpenPageToken(page_token, registry.token_key()));
  if (token.query() != query || token.caller() != context.caller.agency) {
    return MakeError(ErrorReason::ERROR_REASON_PAGE_TOKEN_MISMATCH);
  }
  if (token.history_id() != first_view.history_id()) {
    return MakeError(ErrorReason::ERROR_REASON_HISTORY_MISMATCH,
                     {{"given", absl::BytesToHexString(token.history_id())}, {"current", registry.HistoryIdText()}});
  }
  ASSIGN_OR_RETURN(registry::ReadView view, registry.AtRevision(Revision{token.revision()}));
  return Page{std::move(view), Day{token.business_day()}, limit, std::move(token)};
}

absl::StatusOr<registry::v1::RuleSet> ReadRuleSet(const table::RowReader& rows, const std::string& name) {
  const std::string id = name.empty() ? domain::IdOfKnownName(domain::kDefaultRuleSet, domain::kRuleSetCollection)
                                      : domain::IdOfKnownName(name, domain::kRuleSetCollection);
  ASSIGN_OR_RETURN(std::optional<table::Row<registry::v1::RuleSet>> row, registry::kRuleSets.Get(rows, id));
  if (row) return std::move(row->message);
  if (!name.empty()) return NotFound(name);
  return registry::v1::RuleSet();
}

size_t FirstHit(const Page& page) {
  // Only this server makes tokens, so what is no number is a first page's nothing.
  size_t first = 0;
  return absl::SimpleAtoi(page.token.after(), &first) ? first : 0;
}

std::string TokenOfHit(const registry::Registry& registry, Page& page, size_t next) {
  page.token.set_after(absl::StrCat(next));
  return SealPageToken(page.token, registry.token_key());
}

}  // namespace gi::service
