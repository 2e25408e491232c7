// The commands of gictl. Each Add… function adds subcommands with their flags to the app; when one of them was typed,
// parsing leaves what to run in `command`.
#ifndef GI_CLIENT_GICTL_COMMANDS_H_
#define GI_CLIENT_GICTL_COMMANDS_H_

#include "client/gictl/session.h"

namespace CLI {
class App;
}  // namespace CLI

namespace gi::client::gictl {

// check
void AddCheckCommand(CLI::App& app, Command& command);
// get, list, resolve
void AddReadCommands(CLI::App& app, Command& command);
// search, users, titles
void AddSearchCommands(CLI::App& app, Command& command);
// create, correct
void AddCreateCommands(CLI::App& app, Command& command);
// grant, refuse, extend, suspend, reinstate, remove, logo, report-use
void AddGrantCommands(CLI::App& app, Command& command);
// record, annul, confirm
void AddEventCommands(CLI::App& app, Command& command);
// import, template
void AddImportCommands(CLI::App& app, Command& command);
// revert, rows
void AddImportRowsCommands(CLI::App& app, Command& command);
// export
void AddExportCommand(CLI::App& app, Command& command);
// backup
void AddArchiveCommand(CLI::App& app, Command& command);
// load
void AddLoadCommand(CLI::App& app, Command& command);
// open, close, archive, progress, compare, convert; submit, return, accept, supersede, same, different, choose
void AddSurveyCommands(CLI::App& app, Command& command);
// move, task, merge, unmerge, history, similar, candidates, places
void AddProductCommands(CLI::App& app, Command& command);
// application record, annul, divide, material, show, list
void AddApplicationCommands(CLI::App& app, Command& command);
// deadline list, compute, export
void AddDeadlineCommands(CLI::App& app, Command& command);
// indicator list, show, rows, export; report
void AddIndicatorCommands(CLI::App& app, Command& command);

}  // namespace gi::client::gictl

#endif  // GI_CLIENT_GICTL_COMMANDS_H_
