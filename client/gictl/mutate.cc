#include <memory>
#include <ostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "client/gictl/fields.h"
#include "client/gictl/gictl.h"
#include "client/gictl/labels.h"
#include "client/gictl/render.h"
#include "client/gictl/session.h"
#include "storage/base/status_macros.h"
#include "storage/base/uuid.h"

namespace gi::client::gictl {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// The name of the resource a request is about: its own field, or that of the resource inside (Correct…).
std::string TargetName(const ResourceKind& kind, const Message& request) {
  const std::string name = GetString(request, "name");
  return name.empty() ? GetString(GetMessage(request, kind.singular), "name") : name;
}

absl::StatusOr<std::string> FetchEtag(const Session& session, const ResourceKind& kind, const std::string& name) {
  const std::unique_ptr<Message> request = NewMessage(*kind.get_request);
  const std::unique_ptr<Message> response = NewMessage(*kind.get_response);
  RETURN_IF_ERROR(SetText(*request, "name", "NAME", name));
  RETURN_IF_ERROR(session.Call(kind.Method("Get"), *request, *response));
  return GetString(GetMessage(*response, kind.singular), "etag");
}

absl::Status FillIn(const Session& session, const ResourceKind& kind, Message& request) {
  RETURN_IF_ERROR(SetText(request, "reason", "--reason", session.flags.reason));
  RETURN_IF_ERROR(SetBool(request, "validate_only", "--dry-run", session.flags.dry_run));
  const std::string& given = session.flags.request_id;
  RETURN_IF_ERROR(SetText(request, "request_id", "--request-id", given.empty() ? NewUuid() : given));
  if (FindField(request, "etag") == nullptr) return absl::OkStatus();
  std::string etag = session.flags.etag.empty() ? GetString(request, "etag") : session.flags.etag;
  if (etag.empty()) {
    ASSIGN_OR_RETURN(etag, FetchEtag(session, kind, TargetName(kind, request)));
  }
  return SetText(request, "etag", "--etag", etag);
}

// Only the same id and the same etag make it the same request.
void ExplainUnknownOutcome(const Session& session, const Message& request) {
  if (session.flags.dry_run) return;
  session.err << session.Say("结果未知：请以相同参数重试，并加上 --request-id=",
                             "outcome unknown: repeat the command with --request-id=")
              << GetString(request, "request_id");
  if (const std::string etag = GetString(request, "etag"); !etag.empty()) session.err << " --etag=" << etag;
  session.err << "\n";
}

// Prints the findings of a dry run; returns the exit code.
int PrintFindings(const Session& session, const Message& response) {
  const FieldDescriptor* field = FindField(response, "violations");
  const int count = response.GetReflection()->FieldSize(response, field);
  if (count == 0) {
    session.out << session.Say("检查通过，未作更改", "would be accepted; nothing was changed") << "\n";
    return kSuccess;
  }
  session.out << session.Say("将被拒绝：", "would be refused:") << "\n";
  for (int i = 0; i < count; ++i) {
    const auto& violation =
        dynamic_cast<const registry::v1::Violation&>(response.GetReflection()->GetRepeatedMessage(response, field, i));
    session.out << "  " << ViolationLine(violation, session.language) << "\n";
  }
  return kRefused;
}

void PrintDone(const Session& session, const ResourceKind& kind, const Message& response, const char* done) {
  const Message& resource = GetMessage(response, kind.singular);
  session.out << done << " " << GetString(resource, "name");
  // Before the first event takes effect there is no state to speak of.
  const FieldDescriptor* state = FindField(resource, "state");
  if (state != nullptr && resource.GetReflection()->GetEnumValue(resource, state) != 0) {
    session.out << "  " << FieldLabel(*state, session.language) << ": "
                << FormatField(resource, *state, session.language);
  }
  session.out << "  " << FormatReadPoint(ReadPointOf(response), session.language);
  if (GetBool(response, "replayed")) session.out << session.Say("  （此前已执行）", "  (done before)");
  session.out << "\n";
}

}  // namespace

absl::StatusOr<int> Mutate(Session& session, const ResourceKind& kind, absl::string_view method, Message& request,
                           const char* done, const std::function<void(const Message& response)>& more) {
  RETURN_IF_ERROR(FillIn(session, kind, request));
  const std::unique_ptr<Message> response = NewMessage(*kind.mutate_response);
  const absl::Status status = session.Call(method, request, *response);
  if (ExitCode(status) == kServerFailed) ExplainUnknownOutcome(session, request);
  if (!status.ok()) return status;
  if (session.json()) {
    session.out << ToJson(*response);
    const FieldDescriptor* violations = FindField(*response, "violations");
    return response->GetReflection()->FieldSize(*response, violations) == 0 ? kSuccess : kRefused;
  }
  if (session.flags.dry_run) return PrintFindings(session, *response);
  PrintDone(session, kind, *response, done);
  if (more) more(*response);
  return kSuccess;
}

}  // namespace gi::client::gictl
