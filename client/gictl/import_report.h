// What an import came to: counts, findings by line, and the file of rejected rows. Not thread-safe.
#ifndef GI_CLIENT_GICTL_IMPORT_REPORT_H_
#define GI_CLIENT_GICTL_IMPORT_REPORT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "client/gictl/session.h"
#include "client/sheet/row_builder.h"
#include "client/sheet/table.h"
#include "gi/registry/v1/import.pb.h"

namespace gi::client::gictl {

struct ImportNote {
  int64_t line = 0;
  bool is_error = true;
  // Name of a value of ErrorReason, or of a fault that the file's reader found.
  std::string code;
  std::string column;
  // As given; masked if it could be personal.
  std::string value;
  sheet::Words what;
  // What may have been meant; "": no guess.
  std::string suggestion;
};

struct ImportReport {
  std::string import_name;
  bool trial = false;
  bool stopped = false;
  registry::v1::ImportCounts counts;
  int64_t last_line = 0;
  // The first kMostNotes of them.
  std::vector<ImportNote> notes;
  int64_t more_notes = 0;
  std::vector<sheet::PassedOver> passed_over;
  std::vector<std::string> unknown_columns;
  std::string encoding;
  std::string mapping;
  // Why the file could not be read to its end; empty: it was.
  sheet::Words unreadable;
  // "": nothing was rejected.
  std::string reject_file;

  void AddNote(ImportNote note);
};
inline constexpr size_t kMostNotes = 10'000;

void PrintImport(const Session& session, const ImportReport& report);
std::string ImportJson(const ImportReport& report);

}  // namespace gi::client::gictl

#endif  // GI_CLIENT_GICTL_IMPORT_REPORT_H_
