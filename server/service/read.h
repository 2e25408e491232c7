// What every read shares: field rules, the view it is answered from, the business date, and pages. Thread-safe.
#ifndef GI_SERVER_SERVICE_READ_H_
#define GI_SERVER_SERVICE_READ_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "gi/storage/v1/page_token.pb.h"
#include "server/domain/field_rules.h"
#include "server/rpc/method_table.h"
#include "server/service/division_reader.h"
#include "server/service/kinds.h"
#include "server/service/laws.h"
#include "server/service/output.h"
#include "server/service/page_token.h"
#include "storage/registry/registry.h"

namespace gi::service {

// The default is today in Asia/Shanghai. The field rules have seen to it that a given date exists.
Day BusinessDate(bool has_date, const registry::v1::Date& date, const registry::Registry& registry);

// That of a request, for one that has a date.
template <class Request>
Day RequestDate(const registry::Registry& registry, const Request& request) {
  if constexpr (requires { request.date(); }) {
    return BusinessDate(request.has_date(), request.date(), registry);
  } else {
    return DayInShanghai(registry.Now());
  }
}

// Applies the field rules, then opens the view that read_at asks for.
template <class Request>
absl::StatusOr<registry::ReadView> BeginRead(const registry::Registry& registry, const Request& request) {
  FieldViolations violations;
  domain::CheckFields(request, violations);
  RETURN_IF_ERROR(violations.ToStatus());
  return registry.At(request.read_at());
}

absl::Status NotFound(absl::string_view name);

// The rule set of that name; for "" the default one, which need not exist. RESOURCE_NOT_FOUND.
absl::StatusOr<registry::v1::RuleSet> ReadRuleSet(const table::RowReader& rows, const std::string& name);

// Reads one row by its resource name. FIELDS_INVALID, RESOURCE_NOT_FOUND.
template <class Message>
absl::StatusOr<table::Row<Message>> ReadNamed(const table::RowReader& rows, absl::string_view name,
                                              absl::string_view field) {
  FieldViolations violations;
  const std::string id = domain::IdOfName(name, Kind<Message>::kCollection, field, violations);
  RETURN_IF_ERROR(violations.ToStatus());
  ASSIGN_OR_RETURN(std::optional<table::Row<Message>> row, Kind<Message>::Table().Get(rows, id));
  if (!row) return NotFound(name);
  return *std::move(row);
}

// What the rows of a view are shown with. `divisions` must be of that view and outlive it.
template <class Message>
absl::StatusOr<OutputContext> OutputsAt(const registry::ReadView& view, Day date, DivisionReader& divisions) {
  OutputContext output{view.ReadPoint().history_id(), date, &divisions};
  if constexpr (std::is_same_v<Message, registry::v1::Product>) {
    ASSIGN_OR_RETURN(const registry::v1::RuleSet rules, ReadRuleSet(view.rows(), ""));
    output.stall_months = domain::StallMonthsOf(rules);
  }
  if constexpr (std::is_same_v<Message, registry::v1::Application>) {
    ASSIGN_OR_RETURN(output.laws, ReadLaws(view.rows(), view.derived()));
  }
  return output;
}

// A whole Get method.
template <class Message>
absl::StatusOr<typename Kind<Message>::GetResponse> AnswerGet(const registry::ReadView& view, absl::string_view name,
                                                              Day date) {
  ASSIGN_OR_RETURN(table::Row<Message> row, ReadNamed<Message>(view.rows(), name, "name"));
  typename Kind<Message>::GetResponse response;
  *response.mutable_read_point() = view.ReadPoint();
  DivisionReader divisions(view.rows());
  ASSIGN_OR_RETURN(const OutputContext output, OutputsAt<Message>(view, date, divisions));
  FillOutputs(output, row.revision, row.message);
  *Kind<Message>::In(response) = std::move(row.message);
  return response;
}

// Registers a Get method; the request has `name` and `read_at`.
template <class Message, class Request>
void AddGet(rpc::MethodTable& methods, const registry::Registry& registry, std::string full_name) {
  using Response = typename Kind<Message>::GetResponse;
  methods.AddRead<Request, Response>(
      std::move(full_name), [&registry](const rpc::CallContext&, const Request& request) -> absl::StatusOr<Response> {
        ASSIGN_OR_RETURN(const registry::ReadView view, BeginRead(registry, request));
        return AnswerGet<Message>(view, request.name(), RequestDate(registry, request));
      });
}

// Where a list stands: what its page token pins.
struct Page {
  registry::ReadView view;
  Day date;
  size_t limit;
  storage::v1::PageToken token;
};

// Opens the page that the token asks for, or the first one. `first_date` is the business date of a first page.
// PAGE_TOKEN_INVALID, PAGE_TOKEN_MISMATCH, HISTORY_MISMATCH.
absl::StatusOr<Page> OpenPage(const registry::Registry& registry, const rpc::CallContext& context,
                              const google::protobuf::Message& request, int32_t page_size,
                              const std::string& page_token, registry::ReadView first_view, Day first_date);

// For lists over the hits of an index, whose pages begin at a number. The number is 0 on a first page.
size_t FirstHit(const Page& page);
// The token of the page that begins at hit `next`.
std::string TokenOfHit(const registry::Registry& registry, Page& page, size_t next);

// Bounds of one page: a page may be short, so that neither its size nor the rows looked at for it are without limit.
inline constexpr int32_t kDefaultPageSize = 100;
inline constexpr int32_t kMaxPageSize = 1000;
inline constexpr size_t kMaxPageBytes = 2 << 20;
inline constexpr size_t kMaxRowsPerPage = 20'000;

// A whole List method: the rows of the range that `keep` keeps, given with what is derived for the date, in the order
// of the keys. `range` is asked once the field rules are satisfied; its error is the answer.
template <class Message, class Request>
absl::StatusOr<typename Kind<Message>::ListResponse> AnswerList(
    const registry::Registry& registry, const rpc::CallContext& context, const Request& request,
    absl::FunctionRef<absl::StatusOr<engine::KeyRange>()> range_of, absl::FunctionRef<bool(const Message&)> keep) {
  ASSIGN_OR_RETURN(registry::ReadView first_view, BeginRead(registry, request));
  ASSIGN_OR_RETURN(const engine::KeyRange range, range_of());
  ASSIGN_OR_RETURN(Page page, OpenPage(registry, context, request, request.page_size(), request.page_token(),
                                       std::move(first_view), RequestDate(registry, request)));
  typename Kind<Message>::ListResponse response;
  *response.mutable_read_point() = page.view.ReadPoint();
  DivisionReader divisions(page.view.rows());
  ASSIGN_OR_RETURN(const OutputContext output, OutputsAt<Message>(page.view, page.date, divisions));
  size_t kept = 0, looked_at = 0, bytes = 0;
  bool more = true;
  std::string after = page.token.after();
  while (more && kept < page.limit && looked_at < kMaxRowsPerPage && bytes < kMaxPageBytes) {
    ASSIGN_OR_RETURN(table::IdPage ids, table::ScanIds(page.view.rows(), range, after, page.limit - kept));
    ASSIGN_OR_RETURN(std::vector<std::optional<table::Row<Message>>> rows,
                     Kind<Message>::Table().MultiGet(page.view.rows(), ids.ids));
    more = ids.more;
    for (size_t i = 0; i < rows.size(); ++i) {
      if (bytes >= kMaxPageBytes) {
        more = true;
        break;
      }
      after = ids.keys[i];
      ++looked_at;
      if (!rows[i]) continue;
      FillOutputs(output, rows[i]->revision, rows[i]->message);
      if (!keep(rows[i]->message)) continue;
      bytes += rows[i]->message.ByteSizeLong();
      *Kind<Message>::AddTo(response) = std::move(rows[i]->message);
      ++kept;
    }
  }
  if (more) {
    page.token.set_after(after);
    response.set_next_page_token(SealPageToken(page.token, registry.token_key()));
  }
  return response;
}

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_READ_H_
