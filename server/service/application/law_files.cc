#include <algorithm>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/json_util.h"
#include "server/domain/clock/law_library.h"
#include "server/domain/field_rules.h"
#include "server/service/application/lawbook_service.h"
#include "server/service/mutate.h"
#include "storage/base/sha256.h"
#include "storage/base/uuid.h"

namespace gi::service {
namespace {

using registry::v1::LawBook;

struct ParsedFile {
  std::string id;
  LawBook book;
};

absl::StatusOr<std::vector<ParsedFile>> ParseFiles(const std::vector<LawFile>& files) {
  std::vector<ParsedFile> parsed;
  FieldViolations violations;
  for (const LawFile& file : files) {
    ParsedFile& one = parsed.emplace_back();
    one.id = file.id;
    CheckGivenId(file.id, file.id + ".json", violations);
    const auto status = google::protobuf::util::JsonStringToMessage(file.json, &one.book);
    if (!status.ok()) {
      violations.Add(file.id + ".json", ErrorReason::ERROR_REASON_REQUEST_UNDECODABLE,
                     {{"type", "gi.registry.v1.LawBook"}, {"detail", Excerpt(std::string(status.message()), 300)}});
      continue;
    }
    // As if it had come with a request: the same fields are required, in the same form.
    registry::v1::CreateLawBookRequest request;
    *request.mutable_lawbook() = one.book;
    request.set_request_id(NewUuid());
    FieldViolations fields;
    domain::CheckMutationFields(request, fields);
    for (registry::v1::Violation violation : fields.all()) {
      violation.set_field(absl::StrCat(file.id, ".json: ", violation.field()));
      violations.Add(violation);
    }
    domain::NormalizeStrings(one.book);
    ClearOutputOnly(one.book);
    one.book.set_name(domain::ResourceName(domain::kLawBookCollection, file.id));
    one.book.set_file_sha256(absl::BytesToHexString(Sha256({file.json})));
  }
  RETURN_IF_ERROR(violations.ToStatus());
  return parsed;
}

// Which of the files are to be written, given what the registry has.
absl::StatusOr<std::vector<ParsedFile>> Choose(const table::RowReader& rows, std::vector<ParsedFile> files,
                                               LawLoadReport& report) {
  std::vector<ParsedFile> chosen;
  for (ParsedFile& file : files) {
    ASSIGN_OR_RETURN(const std::optional<table::Row<LawBook>> row, registry::kLawBooks.Get(rows, file.id));
    if (row && row->message.file_sha256() == file.book.file_sha256()) continue;
    if (row && row->message.file_sha256().empty()) {
      report.kept.push_back(file.id);
      continue;
    }
    if (row) *file.book.mutable_create_time() = row->message.create_time();
    report.loaded.push_back(file.id);
    chosen.push_back(std::move(file));
  }
  return chosen;
}

// All books of the registry but those that are replaced, and what the replaced ones were.
struct Present {
  std::vector<LawBook> kept, replaced;
};
absl::StatusOr<Present> ReadPresent(const table::RowReader& rows, const std::vector<ParsedFile>& chosen) {
  Present present;
  const std::unique_ptr<engine::ViewScan> scan = rows.Scan(registry::AllLawBooks());
  while (scan->Next()) {
    ASSIGN_OR_RETURN(LawBook book, registry::kLawBooks.Parse(scan->value()));
    const bool replaced = std::any_of(chosen.begin(), chosen.end(),
                                      [&](const ParsedFile& file) { return file.book.name() == book.name(); });
    (replaced ? present.replaced : present.kept).push_back(std::move(book));
  }
  RETURN_IF_ERROR(scan->status());
  return present;
}

// A file beside the other files and these books.
void CheckBeside(const ParsedFile& file, const std::vector<ParsedFile>& files, std::vector<LawBook> books,
                 FieldViolations& violations) {
  for (const ParsedFile& other : files) {
    if (other.id != file.id) books.push_back(other.book);
  }
  domain::CheckLawBook(file.book, domain::LawLibrary(std::move(books)), file.id + ".json", violations);
}

// Leaves out files that an officer's book contradicts (a year's calendar that came by both ways): the server must
// start, and what an officer has written stays. FIELDS_INVALID for files that are wrong by themselves, or that lack a
// law which their book had: applications run under it.
absl::Status Check(const table::RowReader& rows, std::vector<ParsedFile>& chosen, LawLoadReport& report) {
  ASSIGN_OR_RETURN(const Present present, ReadPresent(rows, chosen));
  FieldViolations violations;
  for (const ParsedFile& file : chosen) {
    std::vector<LawBook> own;
    for (const LawBook& book : present.kept) {
      if (!book.file_sha256().empty()) own.push_back(book);
    }
    CheckBeside(file, chosen, std::move(own), violations);
    for (const LawBook& before : present.replaced) {
      if (before.name() == file.book.name()) domain::CheckLawsStay(before, file.book, file.id + ".json", violations);
    }
  }
  RETURN_IF_ERROR(violations.ToStatus());
  for (auto file = chosen.begin(); file != chosen.end();) {
    FieldViolations clashes;
    CheckBeside(*file, chosen, present.kept, clashes);
    if (clashes.empty()) {
      ++file;
      continue;
    }
    report.kept.push_back(absl::StrCat(file->id, " (", clashes.all()[0].message_en(), ")"));
    report.loaded.erase(std::find(report.loaded.begin(), report.loaded.end(), file->id));
    file = chosen.erase(file);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<LawLoadReport> LoadLawFiles(registry::Registry& registry, const std::vector<LawFile>& files) {
  LawLoadReport report;
  ASSIGN_OR_RETURN(std::vector<ParsedFile> parsed, ParseFiles(files));
  const registry::ReadView view = registry.Newest();
  ASSIGN_OR_RETURN(std::vector<ParsedFile> chosen, Choose(view.rows(), std::move(parsed), report));
  RETURN_IF_ERROR(Check(view.rows(), chosen, report));
  if (chosen.empty()) return report;
  std::string known_by = registry.HistoryIdText();
  for (const ParsedFile& file : chosen) absl::StrAppend(&known_by, "\n", file.id, " ", file.book.file_sha256());
  absl::StrAppend(&known_by, "\n", view.revision().value);
  registry::MutationContext context;
  context.actor.set_agency("server");
  context.reason.set_text("law books that come with the server");
  context.call.set_agency("server");
  context.call.set_method("LoadLawFiles");
  context.call.set_request_id(ParseUuid(UuidOf(known_by)).value_or(""));
  context.call.set_request_digest(Sha256({known_by}));
  std::promise<absl::Status> done;
  registry.Submit(
      std::move(context),
      [&chosen](registry::Mutation& mutation) -> absl::Status {
        for (const ParsedFile& file : chosen) {
          LawBook book = file.book;
          Touch(mutation.now(), book);
          RETURN_IF_ERROR(mutation.Put(registry::kLawBooks, file.id, book));
        }
        return absl::OkStatus();
      },
      [&done](absl::StatusOr<registry::Committed> committed) { done.set_value(committed.status()); });
  RETURN_IF_ERROR(done.get_future().get());
  return report;
}

}  // namespace gi::service
