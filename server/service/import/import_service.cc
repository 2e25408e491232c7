#include "server/service/import/import_service.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/domain/import.h"
#include "server/service/import/import_session.h"
#include "server/service/mutate.h"

namespace gi::service {
namespace {

using registry::v1::Import;
using rpc::CallContext;

absl::Status Create(const RuleContext& context, registry::Mutation& mutation,
                    const registry::v1::CreateImportRequest& request, FieldViolations& violations) {
  Import row = request.import_job();
  CheckGivenId(request.import_job_id(), "import_job_id", violations);
  domain::CheckImport(row, "import_job", violations);
  if (!violations.empty()) return absl::OkStatus();
  row.set_state(registry::v1::IMPORT_STATE_OPEN);
  row.set_agency(context.agency);
  row.set_user(context.user);
  row.set_reason(request.reason());
  row.set_case_id(context.case_id);
  return StageNew(context, mutation, request.import_job_id(), std::move(row));
}

absl::Status Finish(const RuleContext&, registry::Mutation& mutation, const registry::v1::FinishImportRequest& request,
                    FieldViolations&) {
  ASSIGN_OR_RETURN(table::Row<Import> row, ReadNamed<Import>(mutation.rows(), request.name(), "name"));
  const std::string id = domain::IdOfKnownName(request.name(), domain::kImportCollection);
  return EndImport(mutation, id, registry::v1::IMPORT_STATE_FINISHED, std::move(row.message));
}

// Adds how far the import is, if it is under way. `newest`: the row is not of an earlier revision that was asked for.
absl::Status AddProgress(const registry::Registry& registry, bool newest, Import& row) {
  if (row.state() != registry::v1::IMPORT_STATE_OPEN) return absl::OkStatus();
  const std::string id = domain::IdOfKnownName(row.name(), domain::kImportCollection);
  ASSIGN_OR_RETURN(const auto state, registry.LocalState());
  ASSIGN_OR_RETURN(const storage::v1::ImportProgress progress, ReadProgress(*state, id));
  *row.mutable_counts() = progress.counts();
  row.set_last_line(progress.last_line());
  if (progress.last_line() > 0 || !newest) return absl::OkStatus();
  // It may have ended since the row was read, which took its progress away.
  ASSIGN_OR_RETURN(const auto ended, registry::kImports.Get(table::SnapshotReader(state), id));
  if (!ended || ended->message.state() == registry::v1::IMPORT_STATE_OPEN) return absl::OkStatus();
  *row.mutable_counts() = ended->message.counts();
  row.set_last_line(ended->message.last_line());
  return absl::OkStatus();
}

absl::StatusOr<registry::v1::GetImportResponse> Get(const registry::Registry& registry,
                                                    const registry::v1::GetImportRequest& request) {
  ASSIGN_OR_RETURN(const registry::ReadView view, BeginRead(registry, request));
  ASSIGN_OR_RETURN(auto response, AnswerGet<Import>(view, request.name(), RequestDate(registry, request)));
  RETURN_IF_ERROR(AddProgress(registry, !request.has_read_at(), *response.mutable_import_job()));
  return response;
}

absl::StatusOr<registry::v1::ListImportsResponse> List(const registry::Registry& registry, const CallContext& context,
                                                       const registry::v1::ListImportsRequest& request) {
  const auto range = []() -> absl::StatusOr<engine::KeyRange> { return registry::AllImports(); };
  const auto keep = [&](const Import& row) {
    const bool of_kind = request.kind() == registry::v1::IMPORT_KIND_UNSPECIFIED || row.kind() == request.kind();
    return of_kind && (request.state() == registry::v1::IMPORT_STATE_UNSPECIFIED || row.state() == request.state());
  };
  ASSIGN_OR_RETURN(auto response, AnswerList<Import>(registry, context, request, range, keep));
  for (Import& row : *response.mutable_imports()) RETURN_IF_ERROR(AddProgress(registry, !request.has_read_at(), row));
  return response;
}

// Where a page of rows begins: in the chunk that begins with a line, after so many of its rows.
struct Place {
  int64_t chunk = 0;
  int rows = 0;
};

Place PlaceOf(const Page& page) {
  // Only this server makes tokens.
  Place place;
  const std::vector<std::string> parts = absl::StrSplit(page.token.after(), '/');
  if (parts.size() == 2) {
    (void)(absl::SimpleAtoi(parts[0], &place.chunk) && absl::SimpleAtoi(parts[1], &place.rows));
  }
  return place;
}

absl::StatusOr<registry::v1::ListImportedRowsResponse> ListRows(const registry::Registry& registry,
                                                                const CallContext& context,
                                                                const registry::v1::ListImportedRowsRequest& request) {
  ASSIGN_OR_RETURN(registry::ReadView first_view, BeginRead(registry, request));
  ASSIGN_OR_RETURN(Page page, OpenPage(registry, context, request, request.page_size(), request.page_token(),
                                       std::move(first_view), DayInShanghai(registry.Now())));
  RETURN_IF_ERROR(ReadNamed<Import>(page.view.rows(), request.import_job(), "import_job").status());
  const std::string id = domain::IdOfKnownName(request.import_job(), domain::kImportCollection);
  const Place place = PlaceOf(page);
  engine::KeyRange range = registry::ChunksOfImport(id);
  range.begin = std::max(range.begin, registry::kImportChunks.Key(registry::ImportChunkId(id, place.chunk)));
  registry::v1::ListImportedRowsResponse response;
  *response.mutable_read_point() = page.view.ReadPoint();
  const std::unique_ptr<engine::ViewScan> scan = page.view.rows().Scan(range);
  Place last;
  while (scan->Next()) {
    ASSIGN_OR_RETURN(const auto chunk, registry::kImportChunks.Parse(scan->value()));
    ASSIGN_OR_RETURN(const std::string chunk_id, table::RowId(scan->key()));
    const int64_t line = registry::LineOfImportChunk(chunk_id);
    for (int i = line == place.chunk ? place.rows : 0; i < chunk.rows_size(); ++i) {
      if (static_cast<size_t>(response.rows_size()) == page.limit) {
        page.token.set_after(absl::StrCat(last.chunk, "/", last.rows));
        response.set_next_page_token(SealPageToken(page.token, registry.token_key()));
        return response;
      }
      *response.add_rows() = chunk.rows(i);
      last = {line, i + 1};
    }
  }
  RETURN_IF_ERROR(scan->status());
  return response;
}

}  // namespace

void RegisterImportService(registry::Registry& registry, const TitleFinder& titles, ImportReverts& reverts,
                           rpc::MethodTable& methods) {
  const std::string service = "gi.registry.v1.ImportService/";
  AddMutation<Import>(methods, registry, service + "CreateImport", Create);
  AddMutation<Import>(methods, registry, service + "FinishImport", Finish);
  methods.AddWrite<registry::v1::RevertImportRequest, registry::v1::MutateImportResponse>(
      service + "RevertImport", [&reverts](const CallContext& context, const registry::v1::RevertImportRequest& request,
                                           auto answer) { reverts.Revert(context, request, std::move(answer)); });
  methods.AddConversation<registry::v1::SendImportRowsRequest>(
      service + "SendImportRows", [&registry, &titles, shared = std::make_shared<ImportSession::Shared>()] {
        return std::make_shared<ImportSession>(registry, titles, shared);
      });
  methods.AddRead<registry::v1::GetImportRequest, registry::v1::GetImportResponse>(
      service + "GetImport", [&registry](const CallContext&, const auto& request) { return Get(registry, request); });
  methods.AddRead<registry::v1::ListImportsRequest, registry::v1::ListImportsResponse>(
      service + "ListImports",
      [&registry](const CallContext& context, const auto& request) { return List(registry, context, request); });
  methods.AddRead<registry::v1::ListImportedRowsRequest, registry::v1::ListImportedRowsResponse>(
      service + "ListImportedRows",
      [&registry](const CallContext& context, const auto& request) { return ListRows(registry, context, request); });
}

}  // namespace gi::service
