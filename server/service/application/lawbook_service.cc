#include "server/service/application/lawbook_service.h"

#include <string>
#include <utility>

#include "server/domain/clock/law_library.h"
#include "server/service/mutate.h"

namespace gi::service {
namespace {

using registry::v1::LawBook;

// All books but one.
absl::StatusOr<domain::LawLibrary> OtherBooks(const table::RowReader& rows, const std::string& id) {
  std::vector<LawBook> books;
  const std::unique_ptr<engine::ViewScan> scan = rows.Scan(registry::AllLawBooks());
  while (scan->Next()) {
    ASSIGN_OR_RETURN(LawBook book, registry::kLawBooks.Parse(scan->value()));
    if (domain::IdOfKnownName(book.name(), domain::kLawBookCollection) != id) books.push_back(std::move(book));
  }
  RETURN_IF_ERROR(scan->status());
  return domain::LawLibrary(std::move(books));
}

absl::Status Create(const RuleContext& context, registry::Mutation& mutation,
                    const registry::v1::CreateLawBookRequest& request, FieldViolations& violations) {
  RETURN_IF_ERROR(domain::RequireDistrict("lawbooks", "CREATE", context.roles));
  CheckGivenId(request.lawbook_id(), "lawbook_id", violations);
  ASSIGN_OR_RETURN(const domain::LawLibrary others, OtherBooks(mutation.rows(), request.lawbook_id()));
  domain::CheckLawBook(request.lawbook(), others, "lawbook", violations);
  if (!violations.empty()) return absl::OkStatus();
  return StageNew(context, mutation, request.lawbook_id(), request.lawbook());
}

absl::Status Correct(const RuleContext& context, registry::Mutation& mutation,
                     const registry::v1::CorrectLawBookRequest& request, FieldViolations& violations) {
  RETURN_IF_ERROR(domain::RequireDistrict(request.lawbook().name(), "CORRECT", context.roles));
  ASSIGN_OR_RETURN(
      const domain::LawLibrary others,
      OtherBooks(mutation.rows(), domain::IdOfKnownName(request.lawbook().name(), domain::kLawBookCollection)));
  return StageChange<LawBook>(
      context, mutation, request.lawbook().name(), "lawbook.name", request.etag(), [&](LawBook& row) -> absl::Status {
        const LawBook before = row;
        RETURN_IF_ERROR(ApplyCorrection(request.lawbook(), request.update_mask(), row, violations));
        domain::CheckLawBook(row, others, "lawbook", violations);
        domain::CheckLawsStay(before, row, "lawbook", violations);
        row.clear_file_sha256();
        return absl::OkStatus();
      });
}

}  // namespace

void RegisterLawBookService(registry::Registry& registry, rpc::MethodTable& methods) {
  const std::string service = "gi.registry.v1.LawBookService/";
  AddMutation<LawBook>(methods, registry, service + "CreateLawBook", Create);
  AddMutation<LawBook>(methods, registry, service + "CorrectLawBook", Correct);
  AddGet<LawBook, registry::v1::GetLawBookRequest>(methods, registry, service + "GetLawBook");
  methods.AddRead<registry::v1::ListLawBooksRequest, registry::v1::ListLawBooksResponse>(
      service + "ListLawBooks", [&registry](const rpc::CallContext& context, const auto& request) {
        const auto range = []() -> absl::StatusOr<engine::KeyRange> { return registry::AllLawBooks(); };
        return AnswerList<LawBook>(registry, context, request, range, [](const LawBook&) { return true; });
      });
}

}  // namespace gi::service
