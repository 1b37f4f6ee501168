-- Opens the file named by IMPASTO_FILE, changes it, and prints what Neovim shows.
local function show(name, value)
  io.stdout:write(name .. " " .. vim.json.encode(value) .. "\n")
end

local function findings()
  return vim.tbl_map(function(d)
    return { d.code or d.user_data.lsp.code, d.lnum, d.col, d.end_col }
  end, vim.diagnostic.get(0))
end

local function settled(done)
  if not vim.wait(60000, done, 50) then
    show("timeout", findings())
    vim.cmd("cquit 3")
  end
end

local function ask(method, params)
  local answer
  vim.lsp.buf_request(0, method, params, function(_, result)
    answer = result or vim.NIL
  end)
  settled(function() return answer ~= nil end)
  return answer
end

vim.cmd("edit " .. vim.env.IMPASTO_FILE)
settled(function() return #vim.diagnostic.get(0) > 0 end)
show("findings", findings())

vim.api.nvim_win_set_cursor(0, { 1, #"🦊 fox, (golden " })
local hover = ask("textDocument/hover", vim.lsp.util.make_position_params(0))
show("hover", hover.contents.value)

local range = vim.lsp.util.make_range_params(0)
range.range.start = { line = 1, character = 16 }
range.range["end"] = range.range.start
range.context = { diagnostics = {}, only = { "quickfix" } }
local actions = ask("textDocument/codeAction", range)
show("actions", vim.tbl_map(function(action) return action.title end, actions))
vim.lsp.util.apply_workspace_edit(actions[1].edit, "utf-16")
settled(function() return #vim.diagnostic.get(0) == 0 end)
show("lines", vim.api.nvim_buf_get_lines(0, 0, -1, true))

vim.lsp.stop_client(vim.lsp.get_active_clients())
settled(function() return #vim.lsp.get_active_clients() == 0 end)
vim.cmd("qall!")
