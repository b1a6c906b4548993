"""A dozen icons on a 16 by 16 grid; class k draws a line in the colour of the page on a filled shape."""

_LINE = 'fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"'
_KNOCK = 'class="k" fill="none" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"'

ICONS = {
    "good": f'<circle cx="8" cy="8" r="7" fill="currentColor"/><path d="M4.6 8.3 7 10.6l4.4-4.9" {_KNOCK}/>',
    "warn": f'<path d="M8 1.2 15.4 14.4H.6Z" fill="currentColor"/><path d="M8 6v4M8 12v.2" {_KNOCK}/>',
    "ring": '<circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="2.2"/>',
    "bad": f'<path d="M5 .8h6L15.2 5v6L11 15.2H5L.8 11V5Z" fill="currentColor"/>'
    f'<path d="M8 4v4.6M8 11.4v.2" {_KNOCK}/>',
    "busy": '<circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-opacity=".25" stroke-width="2"/>'
    f'<path d="M8 2a6 6 0 0 1 6 6" {_LINE}/>',
    "off": '<rect x="1.5" y="1.5" width="13" height="13" rx="2" fill="none" stroke="currentColor" stroke-width="2"/>',
    "none": f'<path d="M4 8h8" {_LINE}/>',
    "todo": '<circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.6"/>',
    "up": f'<path d="M8 13V3.5M3.8 7.5 8 3.3l4.2 4.2" {_LINE}/>',
    "down": f'<path d="M8 3v9.5M3.8 8.5 8 12.7l4.2-4.2" {_LINE}/>',
    "remove": f'<path d="m4 4 8 8M12 4l-8 8" {_LINE}/>',
    "add": f'<path d="M8 3v10M3 8h10" {_LINE}/>',
    "open": f'<path d="m4 6 4 4 4-4" {_LINE}/>',
    "more": '<g fill="currentColor"><circle cx="3" cy="8" r="1.5"/><circle cx="8" cy="8" r="1.5"/>'
    '<circle cx="13" cy="8" r="1.5"/></g>',
    "grip": '<g fill="currentColor"><circle cx="5.5" cy="3.5" r="1.3"/><circle cx="10.5" cy="3.5" r="1.3"/>'
    '<circle cx="5.5" cy="8" r="1.3"/><circle cx="10.5" cy="8" r="1.3"/><circle cx="5.5" cy="12.5" r="1.3"/>'
    '<circle cx="10.5" cy="12.5" r="1.3"/></g>',
    "out": f'<path d="M2.5 8h10.5M9 4l4 4-4 4" {_LINE}/>',
    "in": f'<path d="M13.5 8H3M7 4 3 8l4 4" {_LINE}/>',
    "copy": f'<rect x="5.5" y="5.5" width="8" height="8" rx="1.5" {_LINE}/>'
    f'<path d="M10.5 2.5h-7a1 1 0 0 0-1 1v7" {_LINE}/>',
    "key": f'<circle cx="5" cy="11" r="3" {_LINE}/><path d="m7.2 8.8 6-6M11 5l2 2" {_LINE}/>',
}
