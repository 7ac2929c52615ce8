@echo off
rem ASCII only: everything in Chinese is printed by install.py. Usage: install.cmd [folder of the workspace]
setlocal
set "PYTHON_MANAGER_AUTOMATIC_INSTALL=false"
where py >nul 2>nul || goto nopython
for %%v in (3.13 3.12) do (
  py -%%v -c "import sys; sys.exit(sys.maxsize < 2**32)" >nul 2>nul && set "VERSION=%%v" && goto found
)
:nopython
echo Python 3.13 or 3.12 (64-bit) was not found. Please install it from python.org; see the .html page beside this file.
pause
exit /b 3
:found
py -%VERSION% -X utf8 "%~dp0install.py" %*
set "RESULT=%ERRORLEVEL%"
pause
exit /b %RESULT%
