// Files that are replaced by another when that is complete, and what must not be: pipes, devices, what links lead to.
#ifndef GI_CLIENT_GICTL_OUTPUT_PATH_H_
#define GI_CLIENT_GICTL_OUTPUT_PATH_H_

#include <string>

namespace gi::client::gictl {

// What the path leads to through links, whether it exists or not.
std::string ThroughLinks(const std::string& path);

// Whether the path is a file or nothing yet: not a pipe, a device or a folder.
bool MayBeReplaced(const std::string& path);

// A file that is there already gets another name, so that one in its place does not destroy what it has:
// "名单.rejected.csv.old", or with a number behind it if that is there, too. Pipes and devices stay.
void KeepOld(const std::string& path);

}  // namespace gi::client::gictl

#endif  // GI_CLIENT_GICTL_OUTPUT_PATH_H_
