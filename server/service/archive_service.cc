#include "server/service/archive_service.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gi/registry/v1/archive.pb.h"
#include "server/domain/survey/life_cycle.h"
#include "server/service/read.h"
#include "storage/registry/archive.h"

namespace gi::service {
namespace {

constexpr size_t kCommitsAtOnce = 1000;
constexpr size_t kBytesAtOnce = 1 << 20;

absl::StatusOr<registry::v1::ReadArchiveResponse> Read(registry::Registry& registry, const rpc::CallContext& context,
                                                       const registry::v1::ReadArchiveRequest& request) {
  FieldViolations violations;
  domain::CheckFields(request, violations);
  for (const auto& [field, value] :
       {std::pair{"after_revision", request.after_revision()}, std::pair{"until_revision", request.until_revision()}}) {
    if (value >= 0) continue;
    violations.Add(field, ErrorReason::ERROR_REASON_FIELD_MALFORMED,
                   {{"value", absl::StrCat(value)}, {"expected", "0 or more"}, {"expected_zh", "0 或正整数"}});
  }
  RETURN_IF_ERROR(violations.ToStatus());
  RETURN_IF_ERROR(domain::RequireDistrict("the archive", "READ", context.caller.survey_roles));
  registry::ReadView view = registry.Newest();
  if (request.until_revision() > 0) {
    ASSIGN_OR_RETURN(view, registry.AtRevision(Revision{static_cast<uint64_t>(request.until_revision())}));
  }
  registry::v1::ReadArchiveResponse response;
  *response.mutable_read_point() = view.ReadPoint();
  registry::v1::ArchiveHeader& header = *response.mutable_header();
  header.set_format(1);
  header.set_history_id(response.read_point().history_id());
  header.set_revision(response.read_point().revision());
  *header.mutable_commit_time() = response.read_point().commit_time();
  const Revision after{static_cast<uint64_t>(request.after_revision())};
  if (after >= view.revision()) return response;
  ASSIGN_OR_RETURN(const std::vector<engine::LogCommit> commits,
                   registry.engine().log().Read(after, kCommitsAtOnce, kBytesAtOnce));
  for (const engine::LogCommit& packed : commits) {
    if (packed.end > view.revision()) break;
    ASSIGN_OR_RETURN(*response.add_commits(), registry::ArchiveCommitOf(packed));
  }
  return response;
}

}  // namespace

void RegisterArchiveService(registry::Registry& registry, rpc::MethodTable& methods) {
  methods.AddRead<registry::v1::ReadArchiveRequest, registry::v1::ReadArchiveResponse>(
      "gi.registry.v1.ArchiveService/ReadArchive",
      [&registry](const rpc::CallContext& context, const auto& request) { return Read(registry, context, request); });
}

}  // namespace gi::service
