// The field contracts of proto/gi/registry/v1/annotations.proto, enforced on every request before any rule of the
// domain runs. Thread-safe: free functions.
#ifndef GI_SERVER_DOMAIN_FIELD_RULES_H_
#define GI_SERVER_DOMAIN_FIELD_RULES_H_

#include "google/protobuf/message.h"
#include "server/domain/personal_data.h"
#include "storage/base/error.h"

namespace gi::domain {

// Adds what is wrong with the fields of a request, and of every message in it, in the order of declaration. Paths are
// written like "entity.aliases[2]". Output-only fields are not looked at; of the row beside an update_mask, only the
// fields it names are required. Takes generated message classes only.
//   FIELD_REQUIRED        a required field is unset or empty (free text: only white space; enum: 0; field mask: no
//   paths),
//                         or an element of a list of strings is. A member of a oneof is required only once it is
//                         chosen.
//   FIELD_TOO_LONG        more than max_chars code points (free text: of its normal form) or max_items elements; the
//                         content is then not judged
//   FIELD_MALFORMED       not UTF-8; free text with control characters or line breaks; an identifier that is not
//   printable
//                         ASCII without spaces; request_id that is not a UUID (8-4-4-4-12 hexadecimal digits); a
//                         negative page_size; a Timestamp outside the years 1 to 9999
//   FIELD_UNKNOWN         a field number this server does not know, as "message path: field number N"
//   ENUM_UNKNOWN          an enum number this server does not know
//   DATE_INVALID          a Date that is set and is no full calendar date (where a field may be partial: no date at
//   all) PERIOD_REVERSED       a Period whose ends are dates in the wrong order
// Values in the findings are masked where they are shaped like personal data. What needs a parser of its own
// (CONTENT_PARSED: codes, tokens, etags; the paths of a field mask) is left to that parser.
void CheckFields(const google::protobuf::Message& request, FieldViolations& out);

// As CheckFields, and PERSONAL_DATA for free text and identifiers in which FindPersonalShape finds something: for every
// request of which anything may be stored. `known` tells valid codes of organisations from resident IDs.
void CheckMutationFields(const google::protobuf::Message& request, FieldViolations& out,
                         DivisionKnown known = AnyDivision);

// Brings all free text of the message and the messages in it to its normal form (NormalizeText), except output-only
// fields. Text that is not UTF-8 stays as it is. May be called before or after CheckFields: neither changes what the
// other says, save that white space at the ends, line breaks included, is no longer there to be refused.
void NormalizeStrings(google::protobuf::Message& message);

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_FIELD_RULES_H_
