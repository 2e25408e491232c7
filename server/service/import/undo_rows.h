// Rows of an import, taken back by its revert and put back if that is abandoned. On the writer's thread, or that of a
// trial.
#ifndef GI_SERVER_SERVICE_IMPORT_UNDO_ROWS_H_
#define GI_SERVER_SERVICE_IMPORT_UNDO_ROWS_H_

#include <string>

#include "absl/status/status.h"
#include "gi/registry/v1/import.pb.h"
#include "server/service/import/row_importers.h"
#include "server/service/import/undo_plan.h"
#include "server/service/mutate.h"

namespace gi::service {

// What the rows of one revert have in common.
struct RowsUndone {
  const RowImporters& importers;
  // Any that has the rows as the import left them.
  const engine::ViewSnapshot& snapshot;
  const RuleContext& context;
  // Of the import.
  registry::v1::ImportKind kind;
  const std::string& reason;
};

// Takes back the rows of one chunk that no later one changed, from its end. `undone` gets them in the order of the
// file, `obstacles` what stands in the way: ROW_CHANGED_SINCE, and refusals of the rules that correct rows; `field` is
// the name of the row. Errors of the store, DATA_CORRUPT.
absl::Status TakeBackRows(const RowsUndone& of, const UndoPlan& plan, const UndoPlan::Chunk& place,
                          const registry::v1::ImportChunk& chunk, registry::Mutation& mutation,
                          registry::v1::ImportChunk& undone, FieldViolations& obstacles);

// Puts rows back that were taken back at revision `at`. What was done to them since stays, and what they were called by
// may be another row's by now: `left` gets ROW_NOT_PUT_BACK for those. Errors of the store, DATA_CORRUPT.
absl::Status PutBackRows(const RowsUndone& of, const registry::v1::ImportChunk& undone, Revision at,
                         registry::Mutation& mutation, FieldViolations& left);

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_IMPORT_UNDO_ROWS_H_
