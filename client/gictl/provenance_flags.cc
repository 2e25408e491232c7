#include "client/gictl/provenance_flags.h"

#include "CLI/CLI.hpp"
#include "client/gictl/fields.h"
#include "gi/registry/v1/common.pb.h"
#include "storage/base/status_macros.h"

namespace gi::client::gictl {

void AddSourceFlags(CLI::App& app, SourceFlags& flags) {
  app.add_option("--source-kind", flags.kind, "Source: official, published_copy, unconfirmed or synthetic");
  app.add_option("--source-title", flags.title, "Source: title of the document or data set");
  app.add_option("--source-uri", flags.uri, "Source: where it can be read");
  app.add_flag("--verified", flags.verified, "Source: an officer has compared the fact with it");
}

absl::Status SetSource(const SourceFlags& flags, google::protobuf::Message& message) {
  if (flags.kind.empty() && flags.title.empty() && flags.uri.empty() && !flags.verified) return absl::OkStatus();
  google::protobuf::Message& source = MutableMessage(message, "source");
  RETURN_IF_ERROR(SetEnum(source, "kind", "--source-kind", flags.kind));
  RETURN_IF_ERROR(SetText(source, "title", "--source-title", flags.title));
  RETURN_IF_ERROR(SetText(source, "uri", "--source-uri", flags.uri));
  return SetBool(source, "verified", "--verified", flags.verified);
}

void AddDocumentFlags(CLI::App& app, DocumentFlags& flags) {
  app.add_option("--doc-kind", flags.kind,
                 "Document it rests on: announcement, recordal, licence, membership, decision or other");
  app.add_option("--doc-number", flags.number, "Document: number as printed");
  app.add_option("--doc-issuer", flags.issuer, "Document: issuer");
  app.add_option("--doc-date", flags.date, "Document: date");
  app.add_option("--doc-title", flags.title, "Document: title");
}

absl::Status SetBasis(const DocumentFlags& flags, google::protobuf::Message& message) {
  registry::v1::Document document;
  RETURN_IF_ERROR(SetEnum(document, "kind", "--doc-kind", flags.kind));
  RETURN_IF_ERROR(SetText(document, "number", "--doc-number", flags.number));
  RETURN_IF_ERROR(SetText(document, "issuer", "--doc-issuer", flags.issuer));
  RETURN_IF_ERROR(SetDate(document, "date", "--doc-date", flags.date));
  RETURN_IF_ERROR(SetText(document, "title", "--doc-title", flags.title));
  if (document.ByteSizeLong() == 0) return absl::OkStatus();
  const google::protobuf::FieldDescriptor* basis = FindField(message, "basis");
  if (basis == nullptr) return UsageError("--doc-… has no meaning here");
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  google::protobuf::Message* target =
      basis->is_repeated() ? reflection.AddMessage(&message, basis) : reflection.MutableMessage(&message, basis);
  target->CopyFrom(document);
  return absl::OkStatus();
}

void AddServiceFlags(CLI::App& app, ServiceFlags& flags) {
  app.add_option("--service", flags.mode, "How the notice was served: received, electronic, publication or post");
  app.add_option("--received", flags.received, "Day the notice was received");
  app.add_option("--dispatched", flags.dispatched, "Day the notice was sent");
  app.add_option("--published", flags.published, "Day the notice was published");
}

absl::Status SetService(const ServiceFlags& flags, google::protobuf::Message& message) {
  if (flags.empty()) return absl::OkStatus();
  google::protobuf::Message& service = MutableMessage(message, "service");
  RETURN_IF_ERROR(SetEnum(service, "mode", "--service", flags.mode));
  RETURN_IF_ERROR(SetDate(service, "received_on", "--received", flags.received));
  RETURN_IF_ERROR(SetDate(service, "dispatched_on", "--dispatched", flags.dispatched));
  return SetDate(service, "published_on", "--published", flags.published);
}

}  // namespace gi::client::gictl
