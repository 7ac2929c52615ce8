@echo off
rem ASCII only: everything in Chinese is printed by install.py.
setlocal
py -X utf8 "%~dp0install.py" --remove
set "RESULT=%ERRORLEVEL%"
pause
exit /b %RESULT%
