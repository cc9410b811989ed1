-- Neovim as a client of a pool: nothing but what it has for its own plugins. Prints what it found as one line of JSON.
-- It shows an error only when that is a text, so the hello asks for texts.
local channel = vim.fn.sockconnect("pipe", vim.env.MEMENGINE_PIPE, { rpc = true })
local found = {}

local function ask(method, params)
  return vim.fn.rpcrequest(channel, method, params or vim.empty_dict())
end

local function refused(method, params)
  local ok, message = pcall(ask, method, params)
  assert(not ok, method .. " was not refused")
  return message
end

found.hello = ask("memory.hello", { proto = { 1, 1 }, client = "neovim", errors = "text" })
found.made = ask("memory.remember", { text = "Set 'undofile' before the first edit.", domain = "editor/vim", tags = { "undo" } })
found.recalled = ask("memory.recall", { query = "keep undo after closing a file", domain = "editor/vim", k = 1 })
found.got = ask("memory.get", { id = found.made.id })
found.without_params = vim.fn.rpcrequest(channel, "memory.stats")
found.unknown = refused("memory.get", { id = "01900000-0000-7000-8000-000000000001" })
found.wrong = refused("memory.recall", { query = "x", k = 0 })
found.no_method = refused("memory.dream")
ask("memory.ping")
io.stdout:write(vim.fn.json_encode(found) .. "\n")
